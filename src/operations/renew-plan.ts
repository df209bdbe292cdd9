import type { RunContext } from "../model/context.ts";
import { PlanStaleError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import type { PlanDifference, SavedPlan } from "../model/saved-plan.ts";
import type { Stack } from "../model/stack.ts";
import { compareBindings, differing } from "../plan/compare-binding.ts";
import { compareSteps } from "../plan/compare-steps.ts";
import { secrets } from "../runtime/redact.ts";
import type { HelmProvider } from "./choose-helm.ts";
import { createPlan } from "./create-plan.ts";
import { type BindingInput, observeBinding } from "./observe-binding.ts";
import { plannedReleases } from "./planned-releases.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What a saved plan is run with. */
export interface RenewPlanInput extends BindingInput {
  readonly helm: HelmProvider;
}

/**
 * Makes a saved plan anew, and gives it if it is the same: cluster, revisions, charts, values and steps are looked at, so
 * that what runs is what was saved, or nothing.
 * @throws PlanStaleError with all that has moved on; what {@link createPlan} throws
 */
export const renewPlan = withoutSecrets(renew);

async function renew(saved: SavedPlan, input: RenewPlanInput, context: RunContext): Promise<Plan> {
  const { stack, pinned, cluster, helm } = input;
  refuseOtherStack(saved, stack);
  const { choices, binding } = saved;
  const now = await observeBinding(plannedReleases(saved.plan), input, () => binding.salt, context.signal);
  refuse(saved, compareBindings(binding, now));
  const plan = await createPlan(stack, pinned, cluster, helm, context, choices);
  refuse(saved, [
    ...helmDifference(saved.plan, plan),
    // Masked as what is in the file.
    ...compareSteps(saved.plan.steps, secrets.value(plan.steps)),
  ]);
  return plan;
}

/**
 * Before a cluster is asked: whether a plan is of this stack, for this environment.
 * @throws PlanStaleError
 */
export function refuseOtherStack(saved: SavedPlan, { name, environment }: Stack): void {
  refuse(saved, [
    ...differing("stack", "the stack", saved.plan.stack, name),
    ...differing("environment", "the environment", saved.plan.environment, environment.name),
  ]);
}

function helmDifference(saved: Plan, now: Plan): readonly PlanDifference[] {
  const major = ({ helmVersion }: Plan): string => `Helm ${/^v?(\d+)/.exec(helmVersion ?? "")?.[1] ?? "unknown"}`;
  if (saved.helmVersion === null || now.helmVersion === null) return [];
  return differing("helm", "helm", major(saved), major(now));
}

function refuse({ plan, savedAt }: SavedPlan, differences: readonly PlanDifference[]): void {
  if (differences.length === 0) return;
  const things = differences.length === 1 ? "One thing has" : `${differences.length} things have`;
  throw new PlanStaleError(
    `${things} moved on since the plan for ${plan.stack} was saved (${savedAt}). Nothing was changed.`,
    differences,
  );
}
