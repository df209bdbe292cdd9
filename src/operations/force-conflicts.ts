import type { PinnedRelease } from "../model/lock.ts";

/** `--force-conflicts NAME` is `forceConflicts: true` for that release, this once. */
export function withForcedConflicts(
  pinned: readonly PinnedRelease[],
  names: readonly string[],
): readonly PinnedRelease[] {
  if (names.length === 0) return pinned;
  return pinned.map((each) =>
    names.includes(each.release.name) ? { ...each, release: { ...each.release, forceConflicts: true } } : each,
  );
}
