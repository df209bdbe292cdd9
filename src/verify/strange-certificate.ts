import { generateKeyPairSync, sign } from "node:crypto";

/** Tags of X.690 (DER), as far as a certificate needs them. */
const TAG = { integer: 0x02, bits: 0x03, oid: 0x06, text: 0x0c, time: 0x17, sequence: 0x30, set: 0x31, version: 0xa0 };

/** ecdsa-with-SHA256 (RFC 5758): 1.2.840.10045.4.3.2. */
const ECDSA_SHA256 = "2a8648ce3d040302";
/** commonName (RFC 5280): 2.5.4.3. */
const COMMON_NAME = "550403";

const DAY_MS = 86_400_000;

/**
 * A client certificate (RFC 5280) that no authority knows, and its key: PEM, made anew each time, for a day. Node reads
 * certificates and makes none.
 */
export function strangeCertificate(): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(TAG.sequence, der(TAG.oid, Buffer.from(ECDSA_SHA256, "hex")));
  const commonName = [der(TAG.oid, Buffer.from(COMMON_NAME, "hex")), der(TAG.text, Buffer.from("flotilla verify"))];
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, ...commonName)));
  const now = Date.now();
  const signed = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, Buffer.of(1)),
    algorithm,
    name,
    // From yesterday: clocks differ.
    der(TAG.sequence, time(now - DAY_MS), time(now + DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(TAG.bits, Buffer.of(0), sign("sha256", signed, privateKey));
  const body = der(TAG.sequence, signed, algorithm, signature).toString("base64");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  // Nothing here is longer than 65,535 bytes.
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

/** UTCTime: `YYMMDDHHMMSSZ`. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return der(TAG.time, Buffer.from(`${digits}Z`));
}
