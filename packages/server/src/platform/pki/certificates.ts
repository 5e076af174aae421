import { X509Certificate, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
// A certificate that is valid from "now" is refused by a client whose clock is a little behind.
const skewMs = 3_600_000;
const caDays = 3650;
// The most that Apple's and browsers' rules allow for a server certificate.
const serverDays = 397;

/** A certificate and its private key, both PEM (the key as PKCS #8). */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate authority that signs this installation's server certificates and nothing else. */
export async function createAuthority(commonName: string, now: number): Promise<KeyPairPem> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + caDays * dayMs),
    keys: keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** Makes a server certificate for these DNS names and IP addresses, signed by the authority. */
export async function createServerCertificate(
  authority: KeyPairPem,
  hostNames: readonly string[],
  now: number,
): Promise<KeyPairPem> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const issuerKey = await importKey(authority.key);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: [{ CN: [hostNames[0] ?? "localhost"] }],
    issuer: issuer.subject,
    notBefore: new Date(now - skewMs),
    notAfter: new Date(now + serverDays * dayMs),
    publicKey: keys.publicKey,
    signingKey: issuerKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hostNames.map((name) => ({ type: isAddress(name) ? ("ip" as const) : ("dns" as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: await exportKey(keys.privateKey) };
}

/** Whether the certificate still serves these names for at least 30 days, under this authority. */
export function isStillGood(pem: string, authorityPem: string, hostNames: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(pem);
  if (Date.parse(certificate.validTo) < now + 30 * dayMs) return false;
  if (!certificate.checkIssued(new X509Certificate(authorityPem))) return false;
  return hostNames.every((name) =>
    isAddress(name) ? certificate.checkIP(name) !== undefined : certificate.checkHost(name) !== undefined,
  );
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d+(\.\d+){3}$/.test(name);
}

function newSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f; // A serial number is a positive integer.
  return Buffer.from(bytes).toString("hex");
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
