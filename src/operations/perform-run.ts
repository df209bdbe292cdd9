import { type ExecutedPlan, executePlan } from "../execute/execute-plan.ts";
import type { ReadyRelease, RunState } from "../execute/run-state.ts";
import { createSlots } from "../execute/slots.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { JournalEntry } from "../model/journal.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { Plan } from "../model/plan.ts";
import type { RunResult } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import { inputsHash } from "../plan/inputs-hash.ts";
import { abortError } from "../runtime/abort.ts";
import { openJournal, type OpenJournal, removeJournal, tidyJournal } from "../state/journal-store.ts";
import { RecordStore } from "../state/record-store.ts";
import type { RunLock } from "../state/run-lock.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { endedJournal, journalOf, type RunIdentity } from "./journal-run.ts";
import { observeNamespaces } from "./observe-stack.ts";
import { SeenNotes } from "./seen-objects.ts";
import { refuseStale } from "./refuse-stale.ts";

/** What a plan is carried out with. */
export interface RunInput {
  readonly stack: Stack;
  readonly pinned: readonly PinnedRelease[];
  readonly cluster: Cluster;
  readonly helm: HelmProvider;
}

/** What the runs under one lock share. */
export interface UnderLock {
  /** Null when the plan changes nothing: then nothing is written either. */
  readonly lock: RunLock | null;
  readonly watch: WatchCache;
  /** Milliseconds since it all began. */
  readonly elapsed: () => number;
  readonly context: RunContext;
}

/** What was seen of the cluster shortly before a run still holds for what the run does not touch. In milliseconds. */
const FRESH_MS = 2_000;

/** How a plan was carried out. */
export interface PerformedRun extends ExecutedPlan {
  readonly outcome: RunResult["outcome"];
}

/**
 * Carries out one plan under the stack's lock: opens record and journal, executes, writes down how it ended.
 * @param wish aborted when the user wants out; `context.signal` aborts as well when the lock is lost
 * @throws FlotillaError `plan-stale` when the cluster has moved on since the plan was made, and what else keeps a run from
 * its first effect
 */
export async function performRun(
  plan: Plan,
  input: RunInput,
  identity: RunIdentity,
  under: UnderLock,
  wish: AbortSignal,
): Promise<PerformedRun> {
  const { client } = input.cluster;
  const { lock, context } = under;
  const namespace = input.stack.stateNamespace;
  const [run] = await Promise.all([
    openRun(plan, input, identity, under),
    lock && refuseStale(plan, client, context.signal),
  ]);
  const journal = journalOf(plan, input.stack, identity);
  const opened = lock && openJournal(client, namespace, journal, context.signal);
  const { stack, environment } = plan;
  // While helm is at work. Best effort: the next run puts in order what is left.
  const tidied = opened?.written
    .then(() => tidyJournal(client, { namespace, stack }, identity.owner.run, wish))
    .catch(() => {});
  context.emit({
    type: "run-started",
    run: identity.owner.run,
    stack,
    environment,
    context: plan.context,
    steps: plan.steps,
  });
  const beforeEffect = async (signal: AbortSignal): Promise<void> => {
    await Promise.all([opened?.written, lock?.confirm(signal)]);
  };
  const seen = new SeenNotes(client, under.watch, run.record, context.signal);
  const onApplied = (release: ReadyRelease): void => seen.prepare(release);
  const onReady = (release: ReadyRelease): void => seen.note(release);
  const executed = await executePlan({ ...run, beforeEffect, onApplied, onReady }, plan, context.signal);
  const outcome = outcomeOf(executed, wish);
  const writeRecord = async (): Promise<void> => {
    await seen.settled();
    await run.record.noteProtection(input.stack.releases, wish).catch(() => {});
  };
  const ended = endedJournal(journal, outcome, executed.releases);
  await Promise.all([writeRecord(), opened && writeEnd(opened, ended, context), tidied]);
  await forgetRemoved(plan, input, run, wish);
  return { ...executed, outcome };
}

/**
 * Writes down how the run ended. Once it has begun it is done, whether or not that can be noted: a cluster that is out of
 * reach by now must not take the result away.
 * @throws FlotillaError what kept the run from its journal, and so from any effect
 */
async function writeEnd(opened: OpenJournal, ended: JournalEntry, { emit }: RunContext): Promise<void> {
  await opened.written;
  try {
    await opened.finish(ended);
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    const message = `How run ${ended.run} ended is not in its journal: ${error.message}`;
    const hint = "The next run that changes something notes it as interrupted; it can be undone all the same.";
    emit({ type: "notice", level: "warning", message, hint });
  }
}

async function openRun(
  plan: Plan,
  { stack, pinned, cluster, helm }: RunInput,
  { owner }: RunIdentity,
  { watch, elapsed, context }: UnderLock,
): Promise<Omit<RunState, "beforeEffect">> {
  const needsHelm = plan.steps.some(({ kind, action }) => kind === "release" && action !== "unchanged");
  const record = await RecordStore.open(cluster.client, stack.stateNamespace, plan.stack, context.signal);
  return {
    context,
    owner,
    watch,
    elapsed,
    stack: plan.stack,
    client: cluster.client,
    kubernetesVersion: plan.kubernetesVersion,
    existing: new Set(
      plan.steps.flatMap((step) => (step.kind === "release" && step.revision !== null ? [step.release] : [])),
    ),
    repairInjection: stack.repairInjection,
    helm: needsHelm ? await helm.open() : null,
    helmTarget: cluster.helmTarget,
    record,
    timeouts: new Map(stack.releases.map(({ name, wait }) => [name, wait.timeoutMs])),
    inputsHashes: new Map(pinned.map((each) => [each.release.name, inputsHash(record.record.hashKey, each)])),
    slots: createSlots(stack.parallel),
    effects: { lastAt: performance.now() - FRESH_MS },
    told: new Set(),
    pinned: new Map(pinned.map((each) => [each.release.name, each])),
  };
}

/**
 * After removals the record forgets what is gone, and goes with the last of it, and the journal with the record. Best effort: what is left standing
 * in it is looked at again by the next run.
 */
async function forgetRemoved(
  plan: Plan,
  { stack, cluster }: RunInput,
  { record }: Pick<RunState, "record">,
  signal: AbortSignal,
): Promise<void> {
  if (!plan.steps.some(({ action }) => action === "uninstall")) return;
  const places = [...stack.releases, ...Object.values(record.record.releases)].map(({ namespace }) => namespace);
  try {
    const isGone = await record.tidy(await observeNamespaces(cluster.client, places, signal), signal);
    const place = { namespace: stack.stateNamespace, stack: stack.name };
    if (isGone) await removeJournal(cluster.client, place, 0, signal);
  } catch {
    // The run itself is done, and says how it ended.
  }
}

/** A deadline of the whole run is a failure; only the user's own wish is an interruption. */
function outcomeOf({ complete }: ExecutedPlan, signal: AbortSignal): RunResult["outcome"] {
  if (complete) return "succeeded";
  return signal.aborted && abortError(signal).code === "interrupted" ? "interrupted" : "failed";
}
