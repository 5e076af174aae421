import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect, it } from "vitest";
import { createServerCertificate } from "./server-certificate.ts";

it("signs itself, for localhost, as a server and as a root", async () => {
  const { der, certificatePem, privateKeyPem } = await createServerCertificate(new Date());
  const certificate = new X509Certificate(der);
  expect(new X509Certificate(certificatePem).raw).toEqual(der);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.ca).toBe(true);
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
});

it("is valid from a day ago for a year", async () => {
  const { validFrom, validTo } = new X509Certificate(
    (await createServerCertificate(new Date("2026-03-02T04:05:06.7Z"))).der,
  );
  expect(validFrom).toBe("Mar  1 04:05:06 2026 GMT");
  expect(validTo).toBe("Mar  2 04:05:06 2027 GMT");
});

it("stays readable after the year 2049", async () => {
  const { validTo } = new X509Certificate((await createServerCertificate(new Date("2051-01-01T00:00:00Z"))).der);
  expect(validTo).toBe("Jan  1 00:00:00 2052 GMT");
});
