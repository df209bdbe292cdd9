import type { ObservedRelease, RecordedRelease, ReleaseIntent, StackRecord } from "../model/observed.ts";
import { recordedRelease } from "../model/record-key.ts";

/**
 * Whether work that was announced can have made the revision that is there. Helm counts on by one with each install,
 * upgrade and rollback, begins again with 1 after an uninstall, and marks an uninstall on the revision that is there.
 */
export function couldHaveMade(
  { action, fromRevision }: ReleaseIntent,
  { revision }: Pick<ObservedRelease, "revision">,
): boolean {
  const from = fromRevision ?? 0;
  switch (action) {
    case "uninstall":
      return revision === from;
    case "recover":
      // Not begun, rolled back, rolled back and upgraded; or uninstalled and installed anew.
      return (revision >= from && revision <= from + 2) || revision === 1;
    default:
      return revision === from + 1;
  }
}

/**
 * Whether the record alone makes a release ours that does not carry the stack's label: flotilla has finished a revision
 * of it in this very namespace, or has announced what is there now.
 */
export function claimedByRecord(recorded: RecordedRelease | null, observed: ObservedRelease): boolean {
  if (recorded?.namespace !== observed.namespace) return false;
  return recorded.revision !== null || (recorded.intent !== null && couldHaveMade(recorded.intent, observed));
}

/** Whether a release is a stack's: by its label, or where it carries none by the stack's record. */
export function belongsTo(stack: string, record: StackRecord, observed: ObservedRelease): boolean {
  if (observed.stack !== null) return observed.stack === stack;
  return claimedByRecord(recordedRelease(record, observed), observed);
}
