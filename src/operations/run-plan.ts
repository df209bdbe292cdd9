import { executePlan } from "../execute/execute-plan.ts";
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
import { shared } from "../runtime/abort.ts";
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
  const startedAt = new Date();
  const run = newRunId(startedAt);
  const owner = await thisProcess(run);
  const { stack, environment } = plan;
  context.emit({ type: "run-started", run, stack, environment, context: plan.context, steps: plan.steps });
  const begun = performance.now();
  const elapsed = (): number => performance.now() - begun;
  const finish = (releases: readonly ReleaseResult[], addresses: RunResult["addresses"]): RunResult => {
    const result: RunResult = {
      version: 1,
      run,
      stack,
      outcome: outcomeOf(releases, context.signal),
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(elapsed()),
      releases,
      addresses,
    };
    context.emit({ type: "run-finished", result });
    return result;
  };
  const lock = changesNothing(plan.steps) ? null : await lockStack(plan, input, owner, context);
  const watch = new WatchCache(input.cluster.client);
  try {
    const state = await openRun(plan, input, { context, owner, watch, elapsed });
    const stop = lock ? shared(AbortSignal.any([context.signal, lock.lost])) : context.signal;
    const releases = await executePlan({ ...state, context: { ...context, signal: stop } }, plan, stop);
    return finish(releases, await addressesAfter(releases, input, context));
  } finally {
    watch.close();
    await lock?.release();
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
    helm: needsHelm ? await helm() : null,
    helmTarget: cluster.helmTarget,
    record,
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

function outcomeOf(releases: readonly ReleaseResult[], signal: AbortSignal): RunResult["outcome"] {
  const unfinished = releases.some(({ outcome }) => outcome === "failed" || outcome === "skipped");
  if (!unfinished) return "succeeded";
  return signal.aborted ? "interrupted" : "failed";
}
