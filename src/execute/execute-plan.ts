import type { Diagnosis } from "../model/diagnosis.ts";
import type { RunEvent } from "../model/events.ts";
import type { Plan, ReleaseStep, Step } from "../model/plan.ts";
import type { ReleaseOutcome, ReleaseResult } from "../model/result.ts";
import { performStep } from "./perform-step.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { schedule } from "./scheduler.ts";

/** How one step of a run went. Times are milliseconds since the run began; null when it never got there. */
interface StepLog {
  readonly outcome: "done" | "unchanged" | "failed" | "skipped";
  readonly startedMs: number | null;
  readonly appliedMs: number | null;
  readonly finishedMs: number | null;
  readonly revision: number | null;
  readonly diagnosis: readonly Diagnosis[];
}

/** What became of a plan. */
export interface ExecutedPlan {
  readonly releases: readonly ReleaseResult[];
  /** True when every step is done, those included that belong to no release. */
  readonly complete: boolean;
}

/** Runs any plan, install or uninstall alike, and says how each release ended. Failures are reported, not thrown. */
export async function executePlan(run: RunState, plan: Plan, stop: AbortSignal): Promise<ExecutedPlan> {
  const logs = new Map<string, StepLog>();
  const { watched, applied } = noteApplied(run);
  await schedule(plan.steps, {
    signal: stop,
    perform: async (step) => {
      const log = await runStep(watched, step, applied);
      logs.set(step.id, log);
      return log.outcome !== "failed";
    },
    skip: (step, because) => {
      // A gate is no release: what stood in its way is told with those that wait behind it.
      const diagnosis = (because?.startsWith("gate/") && logs.get(because)?.diagnosis) || [];
      logs.set(step.id, { ...SKIPPED, diagnosis });
      finish(run, step, "skipped", 0, because === null ? "the run was stopped" : `${because} failed`, []);
    },
  });
  const releases = plan.steps.flatMap((step) =>
    step.kind === "release" ? [releaseResult(step, logs.get(step.id) ?? SKIPPED)] : [],
  );
  const complete = [...logs.values()].every(({ outcome }) => outcome === "done" || outcome === "unchanged");
  return { releases, complete };
}

const SKIPPED: StepLog = {
  outcome: "skipped",
  startedMs: null,
  appliedMs: null,
  finishedMs: null,
  revision: null,
  diagnosis: [],
};

/** What helm has done counts even when the release then fails to get ready: it is noted as the steps tell of it. */
function noteApplied(run: RunState): {
  readonly watched: RunState;
  readonly applied: ReadonlyMap<string, StepReport>;
} {
  const applied = new Map<string, StepReport>();
  const emit = (event: RunEvent): void => {
    if (event.type === "release-applied") {
      applied.set(event.step, { revision: event.revision, appliedMs: run.elapsed() });
    }
    run.context.emit(event);
  };
  return { watched: { ...run, context: { ...run.context, emit } }, applied };
}

async function runStep(run: RunState, step: Step, applied: ReadonlyMap<string, StepReport>): Promise<StepLog> {
  const startedMs = run.elapsed();
  run.context.emit({ type: "step-started", step: step.id, release: releaseOf(step) });
  const performed = await performStep(run, step);
  const finishedMs = run.elapsed();
  const durationMs = Math.round(finishedMs - startedMs);
  if (!performed.ok) {
    const { error, diagnosis } = performed;
    finish(run, step, "failed", durationMs, error.message, diagnosis);
    return { ...SKIPPED, ...applied.get(step.id), outcome: "failed", startedMs, finishedMs, diagnosis };
  }
  const outcome = step.action === "unchanged" ? "unchanged" : "done";
  finish(run, step, outcome, durationMs, null, []);
  return { outcome, startedMs, finishedMs, ...performed.report, diagnosis: [] };
}

function finish(
  run: RunState,
  step: Step,
  outcome: StepLog["outcome"],
  durationMs: number,
  message: string | null,
  diagnosis: readonly Diagnosis[],
): void {
  const release = releaseOf(step);
  run.context.emit({ type: "step-finished", step: step.id, release, outcome, durationMs, message, diagnosis });
}

function releaseOf(step: Step): string | null {
  return step.kind === "release" ? step.release : null;
}

function releaseResult(step: ReleaseStep, log: StepLog): ReleaseResult {
  return {
    name: step.release,
    namespace: step.namespace,
    action: step.action,
    outcome: releaseOutcome(step, log),
    revisionBefore: step.revision,
    revisionAfter: log.outcome === "skipped" ? step.revision : log.revision,
    startedMs: round(log.startedMs),
    appliedMs: round(log.appliedMs),
    readyMs: log.outcome === "done" || log.outcome === "unchanged" ? round(log.finishedMs) : null,
    diagnosis: log.diagnosis,
  };
}

function releaseOutcome(step: ReleaseStep, { outcome }: StepLog): ReleaseOutcome {
  if (outcome !== "done") return outcome;
  return step.action === "uninstall" ? "removed" : "ready";
}

function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
