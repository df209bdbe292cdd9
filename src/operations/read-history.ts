import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { JournalEntry } from "../model/journal.ts";
import type { Stack } from "../model/stack.ts";
import { readJournal } from "../state/journal-store.ts";
import type { Cluster } from "./connect-cluster.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** A stack's runs, newest first. Those that cannot be read are told as notices and left out. */
export const readHistory = showingNoSecrets(readRuns);

async function readRuns(stack: Stack, { client }: Cluster, context: RunContext): Promise<readonly JournalEntry[]> {
  const place = { namespace: stack.stateNamespace, stack: stack.name };
  const { entries, damaged } = await readJournal(client, place, context.signal);
  for (const { message, hint } of damaged) context.emit({ type: "notice", level: "warning", message, hint });
  return entries;
}

/** One run of a stack. @throws FlotillaError `run-unknown` */
export const readRun = showingNoSecrets(readOneRun);

async function readOneRun(stack: Stack, run: string, cluster: Cluster, context: RunContext): Promise<JournalEntry> {
  const entries = await readHistory(stack, cluster, context);
  const entry = entries.find((each) => each.run === run);
  if (entry) return entry;
  throw new FlotillaError("run-unknown", `The stack ${stack.name} has no run ${run} in its journal.`, {
    hint: "`flotilla history` lists the runs; the newest 20 are kept.",
  });
}
