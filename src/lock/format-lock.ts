import { stringify } from "yaml";

import type { DependencyPin, FolderEntry, LockEntry } from "../model/lock.ts";
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

function formatDependency({ version, source, digest, range }: DependencyPin): Readonly<Record<string, string>> {
  return { version, source, digest, ...(range === null ? {} : { range }) };
}

function formatFolder({ dependencies }: FolderEntry): object {
  return { dependencies: sorted(dependencies.map((pin) => [pin.name, formatDependency(pin)])) };
}

/** A mapping in the order of its keys' code units, which is the same on every machine. */
function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** The text of a lock. The same lock gives the same bytes, whatever the order of its entries. */
export function formatLock({ stack, entries, folders, images }: Lock): string {
  const environments = Object.entries(images).map(([name, list]) => [name, [...new Set(list)].toSorted()] as const);
  const document = {
    version: LOCK_VERSION,
    stack,
    releases: sorted<object>([
      ...entries.map((entry) => [entry.release, formatEntry(entry)] as const),
      ...folders.map((folder) => [folder.release, formatFolder(folder)] as const),
    ]),
    ...(environments.length === 0 ? {} : { images: sorted(environments) }),
  };
  return HEADER + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
