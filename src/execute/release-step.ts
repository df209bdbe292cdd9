import { recoverRelease } from "./recover-release.ts";
import { HelmError } from "../helm/helm-error.ts";
import { upgradeRelease, type UpgradeRequest } from "../helm/upgrade-release.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import { INPUTS_LABEL, type ReleaseIntent, STACK_LABEL } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { evaluate } from "../readiness/evaluate.ts";
import { summarise } from "../readiness/summary.ts";
import { readinessTargets } from "../readiness/targets.ts";
import { progressEmitter } from "./progress-event.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { uninstallStep } from "./uninstall-step.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

/** Brings one release where the plan wants it, and waits until it is ready. */
export async function performReleaseStep(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  if (step.action === "uninstall") return uninstallStep(run, step, signal);
  const pinned = run.pinned.get(step.release);
  if (!pinned) throw new FlotillaError("plan-stale", `The stack file has no release ${step.release} any more.`);
  if (step.action === "unchanged") {
    await awaitTargets(run, step, pinned, run.record.record.releases[step.release]?.targets ?? [], signal);
    return { revision: step.revision, appliedMs: null };
  }
  const applied = await applyRelease(run, step, pinned, signal);
  const appliedMs = run.elapsed();
  run.context.emit({
    type: "release-applied",
    step: step.id,
    release: step.release,
    action: step.action,
    revision: applied.revision,
  });
  await awaitTargets(run, step, pinned, applied.targets, signal);
  return { revision: applied.revision, appliedMs };
}

/** What helm made, and what of it is waited for. */
interface AppliedRelease {
  readonly revision: number;
  readonly targets: readonly ObjectRef[];
}

/** Announces, lets helm work, writes down what came out. */
async function applyRelease(
  run: RunState,
  step: ReleaseStep,
  { release, chart }: PinnedRelease,
  signal: AbortSignal,
): Promise<AppliedRelease> {
  const { helm } = run;
  if (!helm) throw new FlotillaError("helm-missing", "This plan needs helm.");
  const inputsHash = run.inputsHashes.get(step.release) ?? null;
  const request: UpgradeRequest = {
    name: release.name,
    namespace: release.namespace,
    chart: chart.path,
    values: release.values,
    labels: { [STACK_LABEL]: run.stack, [INPUTS_LABEL]: inputsHash ?? "" },
    timeoutMs: helmTimeout(release.wait.timeoutMs),
    hookWait: chart.postHooks,
  };
  if (step.action === "recover") {
    // One that fails keeps its intent: what the dead run left is still ours to put right.
    await announce(run, step, signal);
    await recoverRelease(run, helm, step, signal);
  }
  return run.slots.use(async () => {
    if (step.action !== "recover") await announce(run, step, signal);
    const { revision, manifest } = await upgradeRelease(helm, run.helmTarget, request, signal).catch((error: unknown) =>
      withdrawAndThrow(run, step, error, signal),
    );
    await beginToWatchCrds(run, manifest, signal);
    const targets = readinessTargets(parseManifest(manifest), release.namespace);
    await run.record.settle(step.release, { namespace: step.namespace, revision, inputsHash, targets }, signal);
    return { revision, targets };
  }, signal);
}

const CRD = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" } as const;

/** A list of CRDs is long: the cluster makes it while we read the manifest, which is long for the same reason. */
async function beginToWatchCrds(run: RunState, manifest: string, signal: AbortSignal): Promise<void> {
  if (!manifest.includes(`kind: ${CRD.kind}`)) return;
  // Whoever waits for them later is told of a fault; here it does not matter.
  run.watch.ensure(CRD, null, signal).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
}

function announce(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<void> {
  const { owner } = run;
  const since = new Date().toISOString();
  const intent: ReleaseIntent = { action: intentOf(step), owner, fromRevision: step.revision, since };
  return run.record.announce(step.release, step.namespace, intent, signal);
}

/** A helm that failed by itself leaves nothing in the middle, so what is pending later is somebody else's work. */
async function withdrawAndThrow(run: RunState, step: ReleaseStep, error: unknown, signal: AbortSignal): Promise<never> {
  // The reason of the failure is what matters; an intent that stays is harmless but for being older than needed.
  if (endedByItself(error, signal)) await run.record.withdraw(step.release, signal).catch(() => {});
  throw error;
}

/** A helm that was killed says nothing, and one that lost the cluster could not note its end: both leave work behind. */
function endedByItself(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return false;
  return error instanceof HelmError && error.diagnosis.evidence.length > 0;
}

/** Helm gives up a little before the step's own deadline, so that its reason is heard. */
function helmTimeout(timeoutMs: number): number {
  return Math.max(1_000, timeoutMs - 3_000);
}

function intentOf(step: ReleaseStep): ReleaseIntent["action"] {
  return step.action === "install" || step.action === "recover" ? step.action : "upgrade";
}

async function awaitTargets(
  run: RunState,
  step: ReleaseStep,
  { release }: PinnedRelease,
  targets: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<void> {
  if (!release.wait.enabled) return;
  await waitUntilReady(run.watch, {
    targets,
    judge: () => summarise(evaluate(targets, (ref) => run.watch.get(ref))),
    onProgress: progressEmitter(run, step),
    signal,
  });
}
