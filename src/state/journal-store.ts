import { isConflict, isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { JournalEntry } from "../model/journal.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import { createInStateNamespace } from "./ensure-namespace.ts";
import { JOURNAL_TYPE, journalFromSecret, journalName, journalToSecret } from "./journal-format.ts";

/** How many runs of a stack are kept. */
const RUNS_KEPT = 20;

/** Where a stack keeps its runs. */
export interface JournalPlace {
  readonly namespace: string;
  readonly stack: string;
}

/** A run that is going on, as its journal has it. */
export interface OpenJournal {
  /** Settled when the run stands in the journal; rejects when it could not be written. */
  readonly written: Promise<void>;
  /** Writes down how the run ended, once the beginning is written. */
  readonly finish: (entry: JournalEntry) => Promise<void>;
}

/** Begins a run's journal: what it is about to do, before the first effect. Returns at once, see {@link OpenJournal}. */
export function openJournal(
  client: KubeClient,
  namespace: string,
  entry: JournalEntry,
  signal: AbortSignal,
): OpenJournal {
  const created = createInStateNamespace(client, journalToSecret(entry, namespace, null), signal);
  const written = created.then(() => {});
  // Whoever waits for it is told.
  written.catch(() => {});
  return {
    written,
    finish: async (ended) => {
      await written;
      await rewriteJournal(client, namespace, ended, AbortSignal.timeout(30_000));
    },
  };
}

/** Writes a run's journal anew; one that was deleted meanwhile is made again. */
async function rewriteJournal(
  client: KubeClient,
  namespace: string,
  entry: JournalEntry,
  signal: AbortSignal,
): Promise<void> {
  const ref = journalRef({ namespace, stack: entry.stack }, entry.run);
  for (let attempt = 0; ; attempt += 1) {
    const found = await client.get(ref, signal);
    const resourceVersion = found?.metadata.resourceVersion ?? null;
    const secret = journalToSecret(entry, namespace, resourceVersion);
    try {
      await (resourceVersion === null ? createInStateNamespace(client, secret, signal) : client.update(secret, signal));
      return;
    } catch (error) {
      if (attempt > 2 || !(isConflict(error) || isMissing(error))) throw error;
    }
  }
}

/** A stack's runs, newest first, and the Secrets that hold no run that could be read. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  readonly damaged: readonly FlotillaError[];
}

/** Reads a stack's runs. */
export async function readJournal(client: KubeClient, place: JournalPlace, signal: AbortSignal): Promise<Journal> {
  const kind = { apiVersion: "v1", kind: "Secret" };
  const { items } = await client.list(kind, place.namespace, selectionOf(place), signal);
  const entries: JournalEntry[] = [];
  const damaged: FlotillaError[] = [];
  for (const secret of items) {
    try {
      entries.push(journalFromSecret(secret));
    } catch (error) {
      if (!(error instanceof FlotillaError)) throw error;
      damaged.push(error);
    }
  }
  return { entries: entries.toSorted((one, other) => (one.run < other.run ? 1 : -1)), damaged };
}

/** The name of a stack's newest run; null when its journal is empty. Only metadata is read. */
export async function newestRun(client: KubeClient, place: JournalPlace, signal: AbortSignal): Promise<string | null> {
  const options = { ...selectionOf(place), metadataOnly: true };
  const { items } = await client.list({ apiVersion: "v1", kind: "Secret" }, place.namespace, options, signal);
  const newest = items
    .map(({ metadata }) => metadata.name)
    .toSorted()
    .at(-1);
  return newest === undefined ? null : newest.slice(journalName(place.stack, "").length);
}

/**
 * Puts a stack's journal in order, by the run that holds the stack's lock: runs that were going on when their process died
 * are closed as interrupted, and all but the newest {@link RUNS_KEPT} are deleted, damaged ones among them.
 */
export async function tidyJournal(
  client: KubeClient,
  place: JournalPlace,
  own: string,
  signal: AbortSignal,
): Promise<void> {
  const { entries } = await readJournal(client, place, signal);
  const dead = entries.filter(({ outcome, run }) => outcome === "running" && run !== own);
  const finishedAt = new Date().toISOString();
  for (const entry of dead) {
    await rewriteJournal(client, place.namespace, { ...entry, outcome: "interrupted", finishedAt }, signal);
  }
  await removeJournal(client, place, RUNS_KEPT, signal);
}

/** Deletes all but the newest runs of a stack; all of them with `keep` 0. */
export async function removeJournal(
  client: KubeClient,
  place: JournalPlace,
  keep: number,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...selectionOf(place), metadataOnly: true };
  const { items } = await client.list({ apiVersion: "v1", kind: "Secret" }, place.namespace, options, signal);
  const names = items.map(({ metadata }) => metadata.name).toSorted();
  const old = names.slice(0, Math.max(0, names.length - keep));
  const { namespace } = place;
  await Promise.all(
    old.map((name) => client.remove({ apiVersion: "v1", kind: "Secret", namespace, name }, {}, signal)),
  );
}

function selectionOf({ stack }: JournalPlace): { readonly labelSelector: string; readonly fieldSelector: string } {
  return { labelSelector: `${STACK_LABEL}=${stack}`, fieldSelector: `type=${JOURNAL_TYPE}` };
}

function journalRef({ namespace, stack }: JournalPlace, run: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name: journalName(stack, run) };
}
