import { HelmError } from "../helm/helm-error.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import { diagnoseProgress } from "../diagnosis/from-progress.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Step } from "../model/plan.ts";
import { withDeadline } from "../runtime/abort.ts";
import { formatDuration } from "../model/durations.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import { performGateStep } from "./gate-step.ts";
import { performNamespaceStep } from "./namespace-step.ts";
import { performPruneStep } from "./prune-step.ts";
import { performReleaseStep } from "./release-step.ts";
import type { RunState, StepReport, StepState } from "./run-state.ts";
import { pausedWhileQueueing } from "./slots.ts";
import { NotReadyError } from "./wait-until-ready.ts";

/** For steps that belong to no release with a time-out of its own, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 300_000;

/** How a step ended. */
export type PerformedStep =
  | { readonly ok: true; readonly report: StepReport }
  | { readonly ok: false; readonly error: FlotillaError; readonly diagnosis: readonly Diagnosis[] };

/** Does a step within its deadline. Never throws. */
export async function performStep(run: RunState, step: Step): Promise<PerformedStep> {
  const timeoutMs = run.timeouts.get(timedBy(step) ?? "") ?? DEFAULT_TIMEOUT_MS;
  const deadline = withDeadline(
    run.context.signal,
    timeoutMs,
    () => new FlotillaError("timeout", `Not done within ${formatDuration(timeoutMs)}.`),
  );
  const slots = pausedWhileQueueing(run.slots, deadline);
  try {
    const state: StepState = { ...run, slots, remainingMs: deadline.remainingMs };
    return { ok: true, report: await perform(state, step, deadline.signal) };
  } catch (thrown) {
    const error = thrown instanceof FlotillaError ? thrown : internalError(thrown);
    return { ok: false, error, diagnosis: diagnosisOf(error) };
  } finally {
    deadline.clear();
  }
}

/** The release whose time-out holds for a step; null for those that belong to none. */
function timedBy(step: Step): string | null {
  if (step.kind === "gate") return step.passes;
  return step.kind === "release" ? step.release : null;
}

function perform(run: StepState, step: Step, signal: AbortSignal): Promise<StepReport> {
  switch (step.kind) {
    case "namespace":
      return performNamespaceStep(run, step, signal);
    case "release":
      return performReleaseStep(run, step, signal);
    case "gate":
      return performGateStep(run, step, signal);
    case "prune":
      return performPruneStep(run, step, signal);
  }
}

/** What a failure says of the cluster; an interruption says nothing. */
function diagnosisOf(error: FlotillaError): readonly Diagnosis[] {
  if (error instanceof DiagnosedError) return error.diagnosis;
  if (error instanceof HelmError) return [error.diagnosis];
  if (!(error instanceof NotReadyError) || error.code === "interrupted") return [];
  return diagnoseProgress(error.progress);
}

function internalError(cause: unknown): FlotillaError {
  return new FlotillaError("internal", cause instanceof Error ? cause.message : String(cause), { cause });
}
