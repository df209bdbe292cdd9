import type { ObjectChange, ReleaseStep } from "../model/plan.ts";

/** What the ids of steps begin with that uninstall a release because it left the stack file. */
const PRUNE_PREFIX = "prune/";

/** A release of the stack that its file does not have any more. */
export interface RemovedRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  /** Names of releases that it stands on, as far as that was written down. */
  readonly needs: readonly string[];
  /** What goes with it, object by object; left out where that was not looked at. */
  readonly changes?: readonly ObjectChange[];
}

/**
 * The steps that uninstall what left the stack file: along the reversed edges, and only when everything that stays is
 * ready, so that a run that fails has taken nothing away. Pure.
 * @param remaining ids of the steps of what stays
 */
export function pruneSteps(removed: readonly RemovedRelease[], remaining: readonly string[]): readonly ReleaseStep[] {
  return removed.map(({ name, namespace, revision, changes = [] }) => {
    const dependents = removed.filter(({ needs }) => needs.includes(name));
    return {
      kind: "release",
      id: idOf({ name, namespace }),
      needs: [...remaining, ...dependents.map(idOf)],
      action: "uninstall",
      reason: "it left the stack file",
      release: name,
      namespace,
      chart: null,
      revision,
      changes,
      drift: [],
    };
  });
}

/** Another one than `release/NAME`: a release that moved to another namespace is in the plan twice. */
function idOf({ name, namespace }: Pick<RemovedRelease, "name" | "namespace">): string {
  return `${PRUNE_PREFIX}${namespace}/${name}`;
}

/** What a plan says of releases that left the stack file when it is not to uninstall them. */
export function removedNotes(removed: readonly RemovedRelease[]): readonly string[] {
  return removed.map(
    ({ name, namespace }) => `${name} (namespace ${namespace}) left the stack file and stays: --prune uninstalls it.`,
  );
}
