import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect, it } from "vitest";
import { createAuthority, createServerCertificate, isStillGood } from "./certificates.ts";

const now = Date.parse("2030-05-01T00:00:00Z");
const dayMs = 86_400_000;

it("makes a server certificate that verifies under its authority for every name", async () => {
  const authority = await createAuthority("Ingot CA test", now);
  const server = await createServerCertificate(authority, ["ingot.example", "127.0.0.1", "::1"], now);
  const certificate = new X509Certificate(server.certificate);
  const ca = new X509Certificate(authority.certificate);
  expect(ca.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(ca.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
  expect(certificate.checkHost("ingot.example")).toBe("ingot.example");
  expect(certificate.checkHost("other.example")).toBeUndefined();
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.checkIP("::1")).toBe("::1");
});

it("is renewed 30 days before its end, for new names, and under another authority", async () => {
  const authority = await createAuthority("Ingot CA test", now);
  const { certificate } = await createServerCertificate(authority, ["a.example", "b.example"], now);
  const good = (names: string[], at = now, ca = authority.certificate) => isStillGood(certificate, ca, names, at);
  expect(good(["a.example", "b.example"])).toBe(true);
  expect(good(["a.example"], now + 366 * dayMs)).toBe(true);
  expect(good(["a.example"], now + 368 * dayMs)).toBe(false);
  expect(good(["c.example"])).toBe(false);
  expect(good(["a.example"], now, (await createAuthority("another", now)).certificate)).toBe(false);
});
