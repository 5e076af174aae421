import { readFile } from "node:fs/promises";

/** Where systems keep their CAs, in the order in which Go looks: SSL_CERT_FILE replaces these. Source: crypto/x509 root_linux.go. */
export const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The certificates that engines trust: the system's, those the operator named, and the server's CA, as one PEM text. */
export async function makeCaBundle(options: {
  readonly operatorFile: string | undefined;
  readonly serverCa: string | undefined;
}): Promise<string> {
  const parts: string[] = [];
  for (const file of systemBundles) {
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    parts.push(text);
    break;
  }
  if (options.operatorFile !== undefined && !systemBundles.includes(options.operatorFile)) {
    parts.push(await readFile(options.operatorFile, "utf8"));
  }
  if (options.serverCa !== undefined) parts.push(options.serverCa);
  return parts.map((part) => `${part.trimEnd()}\n`).join("");
}
