import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { systemBundles } from "@ingot/runner";
import type { Environment } from "../command-line/command.ts";

/**
 * The CAs the caller trusts now and this one: programs that are given it as SSL_CERT_FILE keep reaching everything else.
 * `ownBundle` is where the result will be kept: when SSL_CERT_FILE names it already, the system's CAs are taken instead.
 */
export async function composeTrustBundle(ca: string, environment: Environment, ownBundle: string): Promise<string> {
  const given = environment["SSL_CERT_FILE"];
  const candidates = given === undefined || given === ownBundle ? systemBundles : [given, ...systemBundles];
  for (const file of candidates) {
    const content = await readFile(file, "utf8").catch(() => undefined);
    if (content !== undefined && content.includes("BEGIN CERTIFICATE")) return joinPem([content, ca]);
  }
  return joinPem([...rootCertificates, ca]);
}

function joinPem(parts: readonly string[]): string {
  return parts.map((part) => `${part.trim()}\n`).join("");
}
