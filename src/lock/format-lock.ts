import { stringify } from "yaml";

import type { LockEntry } from "../model/lock.ts";
import { LOCK_VERSION, type Lock } from "./lock.ts";

const HEADER = `# Written by flotilla: the exact charts of the stack. Commit this file, and do not edit it:
# change the versions in the stack file and run \`flotilla lock\`.
`;

/** Keys in a fixed order; what does not apply is left out, so that the text stays short in a review. */
function formatEntry({ range, pin }: LockEntry): Readonly<Record<string, string>> {
  return {
    chart: pin.name,
    version: pin.version,
    ...(pin.appVersion === null ? {} : { appVersion: pin.appVersion }),
    source: pin.source,
    digest: pin.digest,
    ...(range === null ? {} : { range }),
  };
}

/** The text of a lock. The same lock gives the same bytes, whatever the order of its entries. */
export function formatLock(lock: Lock): string {
  const sorted = lock.entries.toSorted((left, right) => (left.release < right.release ? -1 : 1));
  const document = {
    version: LOCK_VERSION,
    stack: lock.stack,
    releases: Object.fromEntries(sorted.map((entry) => [entry.release, formatEntry(entry)])),
  };
  return HEADER + stringify(document, { lineWidth: 0 });
}
