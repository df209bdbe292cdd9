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
 * install is taken back; anything else has an older revision to go back to, and so keeps its objects.
 */
export function recoveryOf({ status, revision, deployedRevision }: ObservedRelease): Recovery {
  if (status === "uninstalling" || revision === 1) return { action: "uninstall" };
  return { action: "rollback", revision: deployedRevision ?? revision - 1 };
}
