import type { Plan, Step } from "../model/plan.ts";
import { inOrder } from "./order.ts";
import { summarise } from "./summary.ts";

/** What a plan is for, and by which tools it was made. */
export type PlanFrame = Pick<Plan, "stack" | "environment" | "context" | "kubernetesVersion" | "helmVersion">;

/** The plan that some steps make, whichever order they come in. Pure. */
export function finishPlan(frame: PlanFrame, unordered: readonly Step[], notes: readonly string[]): Plan {
  const { stack, environment, context, kubernetesVersion, helmVersion } = frame;
  const steps = inOrder(unordered);
  const summary = summarise(steps);
  return { version: 1, stack, environment, context, kubernetesVersion, helmVersion, steps, summary, notes };
}
