import type { Step } from "../model/plan.ts";
import type { Progress } from "../model/readiness.ts";
import type { RunState } from "./run-state.ts";

/** Tells what a step waits for, each time it changes. */
export function progressEmitter(run: Pick<RunState, "context">, step: Step): (progress: Progress) => void {
  const release = step.kind === "release" ? step.release : null;
  return ({ ready, total, awaiting }) =>
    run.context.emit({ type: "step-progress", step: step.id, release, ready, total, awaiting });
}
