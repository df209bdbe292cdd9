import { createHmac } from "node:crypto";

/** 48 bits tell two values apart; without the key nobody can try out passwords against them. */
const DIGEST_LENGTH = 12;

/** Makes keyed digests of secrets. @param key hex, from the stack's own record */
export function secretDigest(key: string): (text: string) => string {
  return (text) =>
    createHmac("sha256", Buffer.from(key, "hex"))
      .update("shown in a plan\0")
      .update(text)
      .digest("hex")
      .slice(0, DIGEST_LENGTH);
}
