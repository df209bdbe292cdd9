import type { JournaledRelease, JournalEntry } from "../../src/model/journal.ts";

/** A release `web` in namespace `shop` as a run's journal has it: upgraded from revision 1 to 2, unless a test says otherwise. */
export function journaledRelease(change: Partial<JournaledRelease> = {}): JournaledRelease {
  return {
    name: "web",
    namespace: "shop",
    action: "upgrade",
    needs: [],
    chart: "web 1.0.0",
    injected: false,
    istiod: false,
    revisionBefore: 1,
    revisionAfter: 2,
    outcome: "ready",
    message: null,
    ...change,
  };
}

/** The journal of an `up` of stack `shop` that succeeded, unless a test says otherwise. */
export function journalEntry(run: string, change: Partial<JournalEntry> = {}): JournalEntry {
  return {
    run,
    stack: "shop",
    environment: "dev",
    context: "kind",
    command: "up",
    undoes: null,
    owner: { run, host: "laptop", pid: 1, processStarted: "" },
    user: "ada",
    startedAt: "2026-11-26T09:00:00.000Z",
    finishedAt: "2026-11-26T09:00:03.000Z",
    outcome: "succeeded",
    releases: [journaledRelease()],
    namespaces: [],
    ...change,
  };
}
