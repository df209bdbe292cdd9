import type { JournaledRelease, JournalEntry } from "../model/journal.ts";
import type { JsonObject } from "../model/json.ts";

/** The document of `history -o json`. */
export function historyDocument(stack: string, entries: readonly JournalEntry[]): JsonObject {
  return { version: 1, stack, runs: entries.map(runEntry) };
}

/** The document of `history RUN -o json`. */
export function journalDocument(entry: JournalEntry): JsonObject {
  return { version: 1, ...runEntry(entry) };
}

function runEntry(entry: JournalEntry): JsonObject {
  const { owner } = entry;
  return {
    run: entry.run,
    stack: entry.stack,
    environment: entry.environment,
    context: entry.context,
    command: entry.command,
    undoes: entry.undoes,
    outcome: entry.outcome,
    startedAt: entry.startedAt,
    finishedAt: entry.finishedAt,
    by: { user: entry.user, host: owner.host, pid: owner.pid },
    releases: entry.releases.map(releaseEntry),
  };
}

function releaseEntry(release: JournaledRelease): JsonObject {
  return {
    name: release.name,
    namespace: release.namespace,
    action: release.action,
    chart: release.chart,
    outcome: release.outcome,
    revisionBefore: release.revisionBefore,
    revisionAfter: release.revisionAfter,
    message: release.message,
  };
}
