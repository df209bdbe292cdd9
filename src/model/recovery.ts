import type { ObservedRelease } from "./observed.ts";

/** How a release that was left in the middle is put right before it is upgraded. */
export type Recovery =
  | { readonly action: "uninstall" }
  /** `revision`: the one to go back to. */
  | { readonly action: "rollback"; readonly revision: number };

/** True while Helm is, or died, in the middle of a release. */
export function isPending({ status }: Pick<ObservedRelease, "status">): boolean {
  return status.startsWith("pending-") || status === "uninstalling";
}

/**
 * How a pending release is put right: Helm refuses to upgrade it as it is. A removal is brought to its end, a first
 * install of the stack's own is taken back. Anything else keeps its objects: it goes back to an older revision, or Helm applies
 * the only one again.
 * @param stack the stack that puts it right
 */
export function recoveryOf(observed: ObservedRelease, stack: string): Recovery {
  const { status, revision, deployedRevision, adopted } = observed;
  const isOwn = observed.stack === stack && !adopted;
  if (status === "uninstalling" || (revision === 1 && isOwn)) return { action: "uninstall" };
  return { action: "rollback", revision: deployedRevision ?? Math.max(1, revision - 1) };
}
