import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";

/**
 * `--force-conflicts NAME` is `forceConflicts: true` for that release, this once.
 * @throws FlotillaError `usage` for a name that the stack does not have
 */
export function withForcedConflicts(
  pinned: readonly PinnedRelease[],
  names: readonly string[],
): readonly PinnedRelease[] {
  if (names.length === 0) return pinned;
  const known = pinned.map(({ release }) => release.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new FlotillaError("usage", `--force-conflicts names "${unknown}", which is no release of this stack.`, {
      hint: `Its releases are: ${known.join(", ")}.`,
    });
  }
  return pinned.map((each) =>
    names.includes(each.release.name) ? { ...each, release: { ...each.release, forceConflicts: true } } : each,
  );
}
