import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { Environment } from "../command-line/command.ts";

// Where Go looks on Linux, since SSL_CERT_FILE replaces exactly this. Source: crypto/x509 root_linux.go.
const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

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
