import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import type { Clock } from "../platform/clock.ts";
import { createAuthority, createServerCertificate, isStillGood } from "../platform/pki/certificates.ts";
import { readIfThere, writePrivateFile } from "./private-files.ts";

export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** What clients must trust; undefined with the operator's own certificate, which they trust already. */
  readonly caFile: string | undefined;
}

/** The operator's certificate, or one under the installation's own CA, renewed when it ends soon or the names changed. */
export async function loadServerTls(config: ServerConfig, now: Clock): Promise<ServerTls | undefined> {
  if (config["plain-http"]) return undefined;
  const { "tls-cert-file": certFile, "tls-key-file": keyFile } = config;
  if (certFile !== undefined && keyFile !== undefined) {
    return { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8"), caFile: undefined };
  }
  const directory = resolve(config["data-dir"], "tls");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = (name: string): string => join(directory, name);

  let ca = { certificate: await readIfThere(path("ca.pem")), key: await readIfThere(path("ca.key")) };
  if (ca.certificate === undefined || ca.key === undefined) {
    ca = await createAuthority(`Ingot CA ${new Date(now()).toISOString().slice(0, 10)}`, now());
    await writePrivateFile(path("ca.key"), ca.key as string);
    await writePrivateFile(path("ca.pem"), ca.certificate as string, 0o644);
  }
  const authority = { certificate: ca.certificate as string, key: ca.key as string };

  const existing = { certificate: await readIfThere(path("server.pem")), key: await readIfThere(path("server.key")) };
  const names = config["host-names"];
  if (
    existing.certificate !== undefined &&
    existing.key !== undefined &&
    isStillGood(existing.certificate, authority.certificate, names, now())
  ) {
    return { cert: existing.certificate, key: existing.key, caFile: path("ca.pem") };
  }
  const made = await createServerCertificate(authority, names, now());
  await writePrivateFile(path("server.key"), made.key);
  await writePrivateFile(path("server.pem"), made.certificate, 0o644);
  return { cert: made.certificate, key: made.key, caFile: path("ca.pem") };
}
