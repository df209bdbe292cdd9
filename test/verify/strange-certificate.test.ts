import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { strangeCertificate } from "../../src/verify/strange-certificate.ts";

test("a strange certificate is a valid one of today, signed by itself alone, and another each time", () => {
  const { cert, key } = strangeCertificate();
  const certificate = new X509Certificate(cert);
  expect(certificate.subject).toBe("CN=flotilla verify");
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
  expect(new X509Certificate(strangeCertificate().cert).fingerprint256).not.toBe(certificate.fingerprint256);
});
