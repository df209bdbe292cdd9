import { createHmac } from "node:crypto";
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
export function inputsHash(key: string, { release, chart }: PinnedRelease): string {
  const inputs = canonicalJson({
    format: FORMAT,
    name: release.name,
    namespace: release.namespace,
    chart: chart.digest,
    values: release.values,
  });
  return createHmac("sha256", Buffer.from(key, "hex")).update(inputs).digest("hex").slice(0, HASH_LENGTH);
}
