import type { Diagnosis } from "../model/diagnosis.ts";
import type { Step } from "../model/plan.ts";
import type { RunResult } from "../model/result.ts";

/** Where a step stands. `applied`: helm is done, readiness is awaited. The last four are final. */
export type StepState = "pending" | "running" | "applied" | "done" | "unchanged" | "failed" | "skipped";

/** One step of the run as its events have told it so far. Times are milliseconds since 1970. */
export interface StepView {
  readonly id: string;
  /** The plan's step; null when events came for a step that no plan announced. */
  readonly step: Step | null;
  readonly state: StepState;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** As the step itself measured it; null until it is over. */
  readonly durationMs: number | null;
  /** Helm revision that was made; null before that and for steps without one. */
  readonly revision: number | null;
  /** How many of the awaited objects are ready; both 0 until the first progress. */
  readonly ready: number;
  readonly total: number;
  /** What is still missing, in the executor's words; empty once the step is over. */
  readonly awaiting: readonly string[];
  /** What the cluster said last of what is awaited; null when nothing, and once the step is over. */
  readonly said: string | null;
  /** How it ended, in the executor's words. */
  readonly message: string | null;
  readonly diagnosis: readonly Diagnosis[];
}

/** One piece of preparation. */
export interface TaskView {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly state: "running" | "done" | "failed";
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** As the task itself measured it; null until it is over. */
  readonly durationMs: number | null;
}

/** Something that was worth knowing. */
export interface NoticeView {
  readonly level: "info" | "warning";
  readonly message: string;
  readonly hint: string | null;
}

/** All that the events of a command have told so far. Everything a view shows is computed from this. */
export interface RunView {
  /** Id of the run; null until one has started. */
  readonly run: string | null;
  readonly stack: string | null;
  readonly environment: string | null;
  readonly context: string | null;
  /** Milliseconds since 1970; null until a run has started. */
  readonly startedAt: number | null;
  /** In the plan's order. */
  readonly steps: readonly StepView[];
  /** The steps of the run that this one undoes, as they ended; empty when it undoes none that this view has seen. */
  readonly undone: readonly StepView[];
  /** In the order in which they started. */
  readonly tasks: readonly TaskView[];
  readonly notices: readonly NoticeView[];
  /** Null until the run is over. */
  readonly result: RunResult | null;
}

/** What is known before the first event. */
export const EMPTY_RUN_VIEW: RunView = {
  run: null,
  stack: null,
  environment: null,
  context: null,
  startedAt: null,
  steps: [],
  undone: [],
  tasks: [],
  notices: [],
  result: null,
};

/** True while a step is being worked on or waited for. */
export function isInProgress(step: StepView): boolean {
  return step.state === "running" || step.state === "applied";
}

/** True while something goes on that a user would want to watch: preparation, or a run that is not over. */
export function isBusy(view: RunView): boolean {
  const running = view.startedAt !== null && view.result === null;
  const working = view.result === null && view.steps.some(isInProgress);
  return running || working || view.tasks.some((task) => task.state === "running");
}

/** The release that a step installs, changes or removes; null for namespaces, gates and what is pruned. */
export function releaseOfStep(step: StepView): string | null {
  return step.step?.kind === "release" ? step.step.release : null;
}

/** The steps that a result is about: those of the run that was undone, where one was. */
export function stepsOfResult(view: RunView): readonly StepView[] {
  return view.undone.length > 0 ? view.undone : view.steps;
}
