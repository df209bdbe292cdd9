import type { PinnedRelease } from "../../model/lock.ts";
import type { Plan } from "../../model/plan.ts";
import type { Stack } from "../../model/stack.ts";
import type { HelmProvider } from "../../operations/choose-helm.ts";
import type { Cluster } from "../../operations/connect-cluster.ts";
import { createPlan, type PlanOptions } from "../../operations/create-plan.ts";
import { resolveLock } from "../../operations/resolve-lock.ts";
import type { CommandContext } from "../run-command.ts";
import { openHelm } from "./session.ts";

/** A plan, and the charts and the helm that it was made with. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly pinned: readonly PinnedRelease[];
  readonly helm: HelmProvider;
}

/** From a stack file to the plan that the flags ask for. */
export async function preparePlan(
  context: CommandContext,
  stack: Stack,
  cluster: Cluster,
  writeLock: boolean,
  options: PlanOptions = {},
): Promise<PreparedPlan> {
  const { only = [], withNeeds = false } = context.options;
  const helm = openHelm(context);
  const { pinned } = await resolveLock(stack, { write: writeLock }, context);
  const plan = await createPlan(stack, pinned, cluster, helm, context, { ...options, only, withNeeds });
  return { plan, pinned, helm };
}
