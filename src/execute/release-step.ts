import { FlotillaError } from "../model/errors.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { applyRelease } from "./apply-release.ts";
import { awaitRelease } from "./await-release.ts";
import { rollbackStep } from "./rollback-step.ts";
import type { StepReport, StepState } from "./run-state.ts";
import { areServedSoon, awaitServedKinds } from "./served-kinds.ts";
import { uninstallStep } from "./uninstall-step.ts";

/** Brings one release where the plan wants it, and waits until it is ready. */
export async function performReleaseStep(run: StepState, step: ReleaseStep, signal: AbortSignal): Promise<StepReport> {
  if (step.action === "uninstall") return uninstallStep(run, step, signal);
  if (step.action === "rollback") return rollbackStep(run, step, signal);
  const pinned = run.pinned.get(step.release);
  if (!pinned) throw new FlotillaError("plan-stale", `The stack file has no release ${step.release} any more.`);
  const { release } = pinned;
  if (step.action === "unchanged") {
    const targets = run.record.record.releases[step.release]?.targets ?? [];
    await awaitRelease(run, { step, release, targets, since: run.effects.lastAt }, signal);
    return { revision: step.revision, appliedMs: null };
  }
  const { revision, objects, targets, kinds, since, noted } = await applyRelease(run, step, pinned, signal);
  const appliedMs = run.elapsed();
  run.context.emit({ type: "release-applied", step: step.id, release: step.release, action: step.action, revision });
  const brought = { step, revision, objects, since };
  try {
    run.onApplied?.(brought);
    // What was there before the run may be known from before, and have been made anew.
    const areServed = release.wait.enabled && step.action === "install" && (await areServedSoon(run, kinds, signal));
    const awaited = areServed ? targets.filter(({ kind }) => kind !== "CustomResourceDefinition") : targets;
    await awaitRelease(run, { step, release, targets: awaited, since }, signal);
    if (release.wait.enabled && !areServed) await awaitServedKinds(run, step, kinds, signal);
    run.onReady?.(brought);
  } finally {
    await noted;
  }
  return { revision, appliedMs };
}
