import { createHmac, scrypt } from "node:crypto";
import type { PinnedRelease } from "../model/lock.ts";
import { canonicalJson } from "./canonical-json.ts";

/** Changes when the way inputs are hashed changes: every release then counts as changed once. */
const FORMAT = 1;

/** Label values end at 63 characters; 160 bits are plenty to tell inputs apart. */
const HASH_LENGTH = 40;

/**
 * The keyed hash of everything that decides what helm makes of a release: chart, values, name and namespace. Keyed, so
 * that nobody who reads the label can try out passwords against it.
 * @param key hex, from the stack's own record
 */
export function inputsHash(key: string, pinned: PinnedRelease): string {
  const hash = createHmac("sha256", Buffer.from(key, "hex")).update(inputsText(pinned));
  return hash.digest("hex").slice(0, HASH_LENGTH);
}

/**
 * The hash of the same inputs for where there is no key that others cannot read: salted, and slow, so that trying out
 * passwords against it is as costly as such a thing can be made (scrypt with 16 MB, some 40 ms).
 * @param salt hex
 */
export function slowInputsHash(salt: string, pinned: PinnedRelease): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(inputsText(pinned), Buffer.from(salt, "hex"), HASH_LENGTH / 2, (error, hash) =>
      error ? reject(error) : resolve(hash.toString("hex")),
    );
  });
}

function inputsText({ release, chart }: PinnedRelease): string {
  return canonicalJson({
    format: FORMAT,
    name: release.name,
    namespace: release.namespace,
    chart: chart.digest,
    values: release.values,
  });
}
