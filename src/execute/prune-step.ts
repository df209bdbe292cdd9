import type { PruneStep } from "../model/plan.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";

/** Deletes what the uninstalls left behind and waits until it is gone. */
export async function performPruneStep(run: RunState, step: PruneStep, signal: AbortSignal): Promise<StepReport> {
  await run.beforeEffect(signal);
  await Promise.all(step.objects.map((ref) => run.client.remove(ref, {}, signal)));
  await waitUntilGone(run, step, step.objects, signal);
  return { revision: null, appliedMs: run.elapsed() };
}
