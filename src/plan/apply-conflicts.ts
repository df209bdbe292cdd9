import type { ApplyConflict } from "../model/apply-conflict.ts";
import { ApplyConflictError } from "../model/errors.ts";
import type { ClassifiedRelease } from "./build.ts";

/** What was found out about a release that changes. */
export interface ConflictEvidence {
  readonly release: string;
  /** Whether helm applies it on the server's side, where fields have owners. */
  readonly isServerSide: boolean;
  /** What the file, or the user, says: fields in other hands are taken over. */
  readonly force: boolean;
  readonly conflicts: readonly ApplyConflict[];
}

/** @throws ApplyConflictError with every conflict that nobody has decided on */
export function refuseOpenConflicts(evidence: readonly ConflictEvidence[]): void {
  // Whole objects in other hands are none that force could take.
  const open = evidence.flatMap(({ force, conflicts }) => conflicts.filter(({ field }) => !force || field === null));
  if (open.length > 0) throw new ApplyConflictError(open);
}

/** The releases, those marked that are to take over what others hold: the plan says what they take from whom. Pure. */
export function withForce(
  releases: readonly ClassifiedRelease[],
  evidence: readonly ConflictEvidence[],
): readonly ClassifiedRelease[] {
  return releases.map((release) => {
    const found = evidence.find((each) => each.release === release.pinned.release.name);
    if (!found?.force || !found.isServerSide) return release;
    const taken = found.conflicts.map(takenText);
    const reason = taken.length === 0 ? release.reason : `${release.reason}; takes over ${taken.join(", ")}`;
    return { ...release, forceConflicts: true as const, reason };
  });
}

function takenText({ object, field, manager, live, wanted }: ApplyConflict): string {
  const change = live === null || wanted === null ? "" : ` (${live} → ${wanted})`;
  return `${field ?? ""} of ${object.kind} ${object.name} from ${manager}${change}`;
}
