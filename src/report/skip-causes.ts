import { releaseOfStep, stepsOfResult, type RunView, type StepView } from "./run-view.ts";
import { stepViewLabel } from "./step-words.ts";

/** Names of the failed steps that kept a release from being begun, found over any number of edges; empty when none did. */
export function skipCauses(view: RunView, release: string): string[] {
  const planned = stepsOfResult(view);
  const steps = new Map(planned.map((step) => [step.id, step]));
  const start = planned.find((step) => releaseOfStep(step) === release);
  const waiting = start === undefined ? [] : [start];
  const seen = new Set<StepView>();
  const causes: string[] = [];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    if (step.state === "failed") causes.push(stepViewLabel(step));
    for (const need of step.step?.needs ?? []) {
      const needed = steps.get(need);
      if (needed !== undefined) waiting.push(needed);
    }
  }
  return causes;
}
