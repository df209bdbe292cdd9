import { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import type { RunCommand } from "../model/journal.ts";
import type { RunOwner } from "../model/observed.ts";
import type { Plan } from "../model/plan.ts";
import type { ReleaseResult, RunResult } from "../model/result.ts";
import { changesNothing } from "../plan/summary.ts";
import { shared } from "../runtime/abort.ts";
import { thisProcess } from "../runtime/process-identity.ts";
import { awaitRunLock } from "../state/await-lock.ts";
import { clearDeadRun } from "../state/clear-dead-run.ts";
import type { RunLock } from "../state/run-lock.ts";
import { lockWait } from "./await-lock.ts";
import type { RunIdentity } from "./journal-run.ts";
import { performRun, type PerformedRun, type RunInput, type UnderLock } from "./perform-run.ts";
import { readAddresses, servicesSeen } from "./read-addresses.ts";
import { newRunId } from "./run-id.ts";
import { refuseDestructive } from "./refuse-destructive.ts";
import { undoFailedRun } from "./undo-failed-run.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** What a plan is run with, and how. */
export interface RunPlanInput extends RunInput {
  /** What the journal calls it; `up` by default. */
  readonly command?: RunCommand;
  /** The run that this one undoes. */
  readonly undoes?: string;
  /** What to do when a release fails: leave what is there (`stop`, the default), or undo the whole run. */
  readonly onFailure?: "stop" | "rollback";
  /** Milliseconds to wait while another run holds the stack's lock; 0 by default. */
  readonly waitForLockMs?: number;
  /** Whether data may be lost, and objects replaced; false by default. */
  readonly allowDestructive?: boolean;
}

/**
 * Runs a plan. Failed steps are part of the result; what is thrown happened before anything was touched.
 * @throws FlotillaError `destructive-change` when the plan is and may not be, `run-locked` when another run is at work, `plan-stale` when the cluster has moved on since the plan
 */
export const runPlan = showingNoSecrets(run);

async function run(plan: Plan, input: RunPlanInput, context: RunContext): Promise<RunResult> {
  refuseDestructive(plan, input.allowDestructive ?? false);
  const begun = performance.now();
  const startedAt = new Date();
  const elapsed = (): number => performance.now() - begun;
  const owner = await thisProcess(newRunId(startedAt));
  const { command = "up", undoes = null } = input;
  const identity: RunIdentity = { owner, startedAt, command, undoes };
  const lock = await lockStack(plan, input, owner, context);
  const watch = takeLooks(plan, input) ?? new WatchCache(input.cluster.client);
  try {
    const stop = lock ? shared(AbortSignal.any([context.signal, lock.lost])) : context.signal;
    const under: UnderLock = { lock, watch, elapsed, context: { ...context, signal: stop } };
    const first = await performRun(plan, input, identity, under, context.signal);
    const { outcome, releases } = await afterFailure(first, input, identity, under, context.signal);
    const result: RunResult = {
      version: 1,
      run: owner.run,
      stack: plan.stack,
      outcome,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(elapsed()),
      releases,
      addresses: await addressesAfter(releases, watch, context),
    };
    context.emit({ type: "run-finished", result });
    return result;
  } finally {
    watch.close();
    await lock?.release();
  }
}

/** What the plan has looked at is new enough where nothing changes; `performRun` says how new it has to be. */
function takeLooks(plan: Plan, { cluster: { looks } }: RunPlanInput): WatchCache | null {
  if (looks === undefined || !changesNothing(plan.steps)) return null;
  const { latest } = looks;
  looks.latest = null;
  return latest;
}

/** None for a plan that changes nothing. */
async function lockStack(
  plan: Plan,
  { stack, cluster, waitForLockMs = 0 }: RunPlanInput,
  owner: RunOwner,
  context: RunContext,
): Promise<RunLock | null> {
  const place = { namespace: stack.stateNamespace, stack: plan.stack };
  if (!changesNothing(plan.steps)) {
    return awaitRunLock(cluster.client, place, owner, lockWait(waitForLockMs, context), context.signal);
  }
  // What a dead run leaves of itself would stay for as long as there is nothing to do. A courtesy: it holds nobody up.
  await clearDeadRun(cluster.client, place, owner, context.signal).catch(() => {});
  return null;
}

/** A run that failed is undone where that was asked for; one that the user stopped is left as it is. */
async function afterFailure(
  first: PerformedRun,
  input: RunPlanInput,
  identity: RunIdentity,
  under: UnderLock,
  wish: AbortSignal,
): Promise<Pick<RunResult, "outcome" | "releases">> {
  const undo = first.outcome === "failed" && input.onFailure === "rollback" && under.lock !== null;
  return undo ? undoFailedRun(first, input, identity, under, wish) : first;
}

/** The table of addresses is a courtesy: an interrupted run, or a cluster that stopped answering, ends without it. */
async function addressesAfter(
  releases: readonly ReleaseResult[],
  watch: WatchCache,
  { signal }: RunContext,
): Promise<RunResult["addresses"]> {
  const present = releases.filter(({ outcome }) => outcome === "ready" || outcome === "unchanged");
  return readAddresses(servicesSeen(watch, signal), present).catch(() => []);
}
