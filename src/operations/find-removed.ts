import { FlotillaError } from "../model/errors.ts";
import type { ObservedRelease, RecordedRelease, StackRecord } from "../model/observed.ts";
import { recordKey } from "../model/record-key.ts";
import type { Stack } from "../model/stack.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { claimedByRecord } from "../plan/claim.ts";

/**
 * The releases that belong to the stack, are in the cluster and not in the stack file any more: those of its record, and
 * those with its label in the namespaces that were looked at. One that moved to another namespace left its old one behind.
 */
export function findRemoved(
  stack: Stack,
  record: StackRecord,
  observed: readonly ObservedRelease[],
): readonly RemovedRelease[] {
  const wanted = new Set(stack.releases.map(({ name, namespace }) => `${namespace}/${name}`));
  const isOurs = (release: ObservedRelease): boolean =>
    release.stack === stack.name || (release.stack === null && claimedByRecord(recorded(record, release), release));
  return observed
    .filter((release) => !wanted.has(`${release.namespace}/${release.name}`) && isOurs(release))
    .map(({ name, namespace, revision }) => ({
      name,
      namespace,
      revision,
      needs: recorded(record, { name, namespace })?.needs ?? [],
    }));
}

/** @throws FlotillaError `release-protected` when one of the releases must not be uninstalled */
export function refuseProtected(removed: readonly RemovedRelease[], record: StackRecord): void {
  const names = removed.filter((release) => recorded(record, release)?.protect === true).map(({ name }) => name);
  if (names.length === 0) return;
  throw new FlotillaError(
    "release-protected",
    `Nothing may uninstall ${names.join(", ")}: \`protect\` was set in the stack file.`,
    {
      hint: "Put it back into the stack file with protect: false, run `flotilla up`, then take it out again.",
    },
  );
}

function recorded(
  record: StackRecord,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): RecordedRelease | null {
  return record.releases[recordKey(record, name, namespace)] ?? null;
}
