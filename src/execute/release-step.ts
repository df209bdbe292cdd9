import { recoverRelease } from "./recover-release.ts";
import { upgradeRelease } from "../helm/upgrade-release.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import { INPUTS_LABEL, type ReleaseIntent, STACK_LABEL } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { evaluate } from "../readiness/evaluate.ts";
import { summarise } from "../readiness/summary.ts";
import { readinessTargets } from "../readiness/targets.ts";
import { progressEmitter } from "./progress-event.ts";
import { readReleaseManifest } from "./release-manifest.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { uninstallStep } from "./uninstall-step.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

/** Brings one release where the plan wants it, and waits until it is ready. */
export async function performReleaseStep(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  if (step.action === "uninstall") return uninstallStep(run, step, signal);
  const pinned = run.pinned.get(step.release);
  if (!pinned) throw new FlotillaError("plan-stale", `The stack file has no release ${step.release} any more.`);
  if (step.action === "unchanged") {
    const revision = step.revision ?? 0;
    await awaitRelease(
      run,
      step,
      pinned,
      await readReleaseManifest(run.client, { name: step.release, namespace: step.namespace, revision }, signal),
      signal,
    );
    return { revision, appliedMs: null };
  }
  const applied = await run.slots.use(() => applyRelease(run, step, pinned, signal), signal);
  const appliedMs = run.elapsed();
  run.context.emit({
    type: "release-applied",
    step: step.id,
    release: step.release,
    action: step.action,
    revision: applied.revision,
  });
  await awaitRelease(run, step, pinned, parseManifest(applied.manifest), signal);
  return { revision: applied.revision, appliedMs };
}

/** Announces, lets helm work, writes down what came out. */
async function applyRelease(
  run: RunState,
  step: ReleaseStep,
  { release, chart }: PinnedRelease,
  signal: AbortSignal,
): Promise<{ readonly revision: number; readonly manifest: string }> {
  if (!run.helm) throw new FlotillaError("helm-missing", "This plan needs helm.");
  const intent: ReleaseIntent = { action: intentOf(step), owner: run.owner, since: new Date().toISOString() };
  const inputsHash = run.inputsHashes.get(step.release) ?? null;
  await run.record.announce(step.release, step.namespace, intent, signal);
  if (step.action === "recover") await recoverRelease(run, run.helm, step, signal);
  const applied = await upgradeRelease(
    run.helm,
    run.helmTarget,
    {
      name: release.name,
      namespace: release.namespace,
      chart: chart.path,
      values: release.values,
      labels: { [STACK_LABEL]: run.stack, [INPUTS_LABEL]: inputsHash ?? "" },
      timeoutMs: helmTimeout(release.wait.timeoutMs),
      hookWait: chart.postHooks,
    },
    signal,
  );
  const done = { namespace: step.namespace, revision: applied.revision, inputsHash };
  await run.record.settle(step.release, done, signal);
  return applied;
}

/** Helm gives up a little before the step's own deadline, so that its reason is heard. */
function helmTimeout(timeoutMs: number): number {
  return Math.max(1_000, timeoutMs - 3_000);
}

function intentOf(step: ReleaseStep): ReleaseIntent["action"] {
  return step.action === "install" || step.action === "recover" ? step.action : "upgrade";
}

async function awaitRelease(
  run: RunState,
  step: ReleaseStep,
  { release }: PinnedRelease,
  objects: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  if (!release.wait.enabled) return;
  const targets = readinessTargets(objects, release.namespace);
  await waitUntilReady(run.watch, {
    targets,
    judge: () => summarise(evaluate(targets, (ref) => run.watch.get(ref))),
    onProgress: progressEmitter(run, step),
    signal,
  });
}
