import { FlotillaError } from "../model/errors.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import { recordedRelease } from "../model/record-key.ts";
import type { Stack } from "../model/stack.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { belongsTo } from "../plan/claim.ts";

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
  return observed
    .filter((release) => !wanted.has(`${release.namespace}/${release.name}`) && belongsTo(stack.name, record, release))
    .map(({ name, namespace, revision }) => ({
      name,
      namespace,
      revision,
      needs: recordedRelease(record, { name, namespace })?.needs ?? [],
    }));
}

/** @throws FlotillaError `release-protected` when one of the releases must not be uninstalled */
export function refuseProtected(removed: readonly RemovedRelease[], record: StackRecord): void {
  const names = removed.filter((release) => recordedRelease(record, release)?.protect === true).map(({ name }) => name);
  if (names.length === 0) return;
  throw new FlotillaError(
    "release-protected",
    `Nothing may uninstall ${names.join(", ")}: \`protect\` was set in the stack file.`,
    {
      hint: "Put it back into the stack file with protect: false, run `flotilla up`, then take it out again.",
    },
  );
}
