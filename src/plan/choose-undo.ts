import { FlotillaError } from "../model/errors.ts";
import type { JournalEntry } from "../model/journal.ts";

/**
 * The run that `rollback` undoes: the named one, or the newest that changed something and still stands. A run can be undone
 * only while no later one stands on top of it. An undo is no run that stands: it takes away the one that it undid, and
 * while it has not come to its end that one is still there, to go on with.
 * @param entries newest first
 * @throws FlotillaError `run-unknown`, `undo-refused`
 */
export function chooseUndo(entries: readonly JournalEntry[], run: string | null): JournalEntry {
  const standing = standingRuns(entries);
  const [newest] = standing;
  if (run === null) {
    if (newest) return refuseRemoval(newest);
    throw new FlotillaError("undo-refused", "There is no run that could be undone.", {
      hint: "`flotilla history` lists the runs.",
    });
  }
  const chosen = entries.find((entry) => entry.run === run);
  if (!chosen) {
    throw new FlotillaError("run-unknown", `There is no run ${run} in the journal.`, {
      hint: "`flotilla history` lists the runs; the newest 20 are kept.",
    });
  }
  refuseUndo(chosen);
  refuseCovered(chosen, standing);
  return refuseRemoval(chosen);
}

/** Runs that changed something and were not undone, newest first. */
function standingRuns(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const undone = new Set<string>();
  return entries.filter((entry) => {
    if (entry.command === "rollback") {
      if (entry.outcome === "succeeded" && entry.undoes !== null) undone.add(entry.undoes);
      return false;
    }
    return !undone.has(entry.run) && entry.releases.some(({ action }) => action !== "unchanged");
  });
}

function refuseUndo({ run, command, undoes, outcome }: JournalEntry): void {
  if (command !== "rollback") return;
  const goOn = outcome === "succeeded" ? "" : ` \`flotilla rollback ${undoes ?? ""}\` goes on with it.`;
  throw new FlotillaError("undo-refused", `Run ${run} is an undo itself, of run ${undoes ?? "unknown"}.`, {
    hint: `What the stack file says comes by \`flotilla up\`.${goOn}`,
  });
}

function refuseCovered(chosen: JournalEntry, standing: readonly JournalEntry[]): void {
  const place = standing.indexOf(chosen);
  if (place === 0) return;
  if (place < 0) {
    throw new FlotillaError("undo-refused", `Run ${chosen.run} was undone already, or changed nothing.`, {
      hint: "`flotilla history` lists the runs.",
    });
  }
  const later = standing.slice(0, place).map(({ run }) => run);
  throw new FlotillaError("undo-refused", `Run ${chosen.run} has later runs on top of it: ${later.join(", ")}.`, {
    hint: `Undo those first, newest first: flotilla rollback ${later[0] ?? ""}`,
  });
}

/** Helm keeps no history of what it uninstalls. */
function refuseRemoval(entry: JournalEntry): JournalEntry {
  if (entry.command !== "down") return entry;
  throw new FlotillaError(
    "undo-refused",
    `Run ${entry.run} removed the stack; Helm keeps nothing of removed releases.`,
    {
      hint: "Install it anew with `flotilla up`.",
    },
  );
}
