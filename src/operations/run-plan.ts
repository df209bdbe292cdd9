import { type ExecutedPlan, executePlan } from "../execute/execute-plan.ts";
import type { RunState } from "../execute/run-state.ts";
import { createSlots } from "../execute/slots.ts";
import { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { RunOwner } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { ReleaseResult, RunResult } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import { inputsHash } from "../plan/inputs-hash.ts";
import { changesNothing } from "../plan/summary.ts";
import { abortError, shared } from "../runtime/abort.ts";
import { thisProcess } from "../runtime/process-identity.ts";
import { RecordStore } from "../state/record-store.ts";
import { acquireRunLock, type RunLock } from "../state/run-lock.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";
import { readAddresses } from "./read-addresses.ts";
import { newRunId } from "./run-id.ts";

/** What a plan is run with. */
export interface RunPlanInput {
  readonly stack: Stack;
  readonly pinned: readonly PinnedRelease[];
  readonly cluster: Cluster;
  readonly helm: HelmProvider;
}

/**
 * Runs a plan. Failed steps are part of the result; what is thrown happened before anything was touched.
 * @throws FlotillaError `run-locked` when another run is at work, `plan-stale` when the cluster has moved on since the plan
 */
export async function runPlan(plan: Plan, input: RunPlanInput, context: RunContext): Promise<RunResult> {
  const begun = performance.now();
  const startedAt = new Date();
  const owner = await thisProcess(newRunId(startedAt));
  const elapsed = (): number => performance.now() - begun;
  const lock = changesNothing(plan.steps) ? null : await lockStack(plan, input, owner, context);
  const watch = new WatchCache(input.cluster.client);
  try {
    const stop = lock ? shared(AbortSignal.any([context.signal, lock.lost])) : context.signal;
    const run = await openRun(plan, input, { context: { ...context, signal: stop }, owner, watch, elapsed });
    const { stack, environment } = plan;
    context.emit({ type: "run-started", run: owner.run, stack, environment, context: plan.context, steps: plan.steps });
    const executed = await executePlan(run, plan, stop);
    await tidyAfter(plan, input, run, context.signal);
    const result: RunResult = {
      version: 1,
      run: owner.run,
      stack,
      outcome: outcomeOf(executed, context.signal),
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(elapsed()),
      releases: executed.releases,
      addresses: await addressesAfter(executed.releases, input, context),
    };
    context.emit({ type: "run-finished", result });
    return result;
  } finally {
    watch.close();
    await lock?.release();
  }
}

/**
 * After a `down` the record forgets what is gone, and goes itself with the last of it. Best effort: what is left standing
 * in it is looked at again by the next run.
 */
async function tidyAfter(
  plan: Plan,
  { stack, cluster }: RunPlanInput,
  run: RunState,
  signal: AbortSignal,
): Promise<void> {
  if (!plan.steps.some(({ action }) => action === "uninstall")) return;
  const places = [...stack.releases, ...Object.values(run.record.record.releases)].map(({ namespace }) => namespace);
  try {
    await run.record.tidy(await observeNamespaces(cluster.client, places, signal), signal);
  } catch {
    // The run itself is done, and says how it ended.
  }
}

async function lockStack(plan: Plan, input: RunPlanInput, owner: RunOwner, context: RunContext): Promise<RunLock> {
  const { client } = input.cluster;
  const place = { namespace: input.stack.stateNamespace, stack: plan.stack };
  const lock = await acquireRunLock(client, place, owner, context.signal);
  try {
    await refuseStale(plan, input, context.signal);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Somebody may have changed a release between the plan and the lock. */
async function refuseStale(plan: Plan, { cluster }: RunPlanInput, signal: AbortSignal): Promise<void> {
  const steps = plan.steps.flatMap((step) => (step.kind === "release" ? [step] : []));
  const observed = await observeNamespaces(
    cluster.client,
    steps.map(({ namespace }) => namespace),
    signal,
  );
  for (const { release: name, namespace, revision } of steps) {
    const found = findRelease(observed, { name, namespace })?.revision ?? null;
    if (found === revision) continue;
    throw new FlotillaError(
      "plan-stale",
      `Release ${name} in namespace ${namespace} is at revision ${found ?? "none"}; the plan was made for ${revision ?? "none"}.`,
      { hint: "Somebody changed it since the plan was made. Run the command again." },
    );
  }
}

async function openRun(
  plan: Plan,
  { stack, pinned, cluster, helm }: RunPlanInput,
  shared: Pick<RunState, "context" | "owner" | "watch" | "elapsed">,
): Promise<RunState> {
  const { signal } = shared.context;
  const needsHelm = plan.steps.some(({ kind, action }) => kind === "release" && action !== "unchanged");
  const record = await RecordStore.open(cluster.client, stack.stateNamespace, plan.stack, signal);
  return {
    ...shared,
    stack: plan.stack,
    client: cluster.client,
    helm: needsHelm ? await helm.open() : null,
    helmTarget: cluster.helmTarget,
    record,
    timeouts: new Map(stack.releases.map(({ name, wait }) => [name, wait.timeoutMs])),
    inputsHashes: new Map(pinned.map((each) => [each.release.name, inputsHash(record.record.hashKey, each)])),
    slots: createSlots(stack.parallel),
    pinned: new Map(pinned.map((each) => [each.release.name, each])),
  };
}

/** The table of addresses is a courtesy: an interrupted run, or a cluster that stopped answering, ends without it. */
async function addressesAfter(
  releases: readonly ReleaseResult[],
  { cluster }: RunPlanInput,
  { signal }: RunContext,
): Promise<RunResult["addresses"]> {
  const present = releases.filter(({ outcome }) => outcome === "ready" || outcome === "unchanged");
  return readAddresses(cluster.client, present, signal).catch(() => []);
}

/** A deadline of the whole run is a failure; only the user's own wish is an interruption. */
function outcomeOf({ complete }: ExecutedPlan, signal: AbortSignal): RunResult["outcome"] {
  if (complete) return "succeeded";
  return signal.aborted && abortError(signal).code === "interrupted" ? "interrupted" : "failed";
}
