import { dirname, resolve } from "node:path";
import type { SavedPlan } from "../../model/saved-plan.ts";
import { awaitLock } from "../../operations/await-lock.ts";
import { openSavedPlan } from "../../operations/open-saved-plan.ts";
import { refuseOtherStack, renewPlan } from "../../operations/renew-plan.ts";
import { resolveLock } from "../../operations/resolve-lock.ts";
import type { GlobalOptions } from "../options.ts";
import type { CommandRun } from "../run-command.ts";
import { choicesOf, refuseOtherChoices } from "./plan-choices.ts";
import { openCluster, openHelm, openStack } from "./session.ts";
import { carryOut, smokeTestsFor, type UpFlags } from "./up.ts";

/** `flotilla up PLAN`: does what a saved plan says, without a question, or nothing. */
export function upSavedCommand(file: string, flags: UpFlags): CommandRun {
  return async (given) => {
    const saved = await openSavedPlan(file, given);
    refuseOtherChoices(saved.choices, choicesOf(flags, given.options));
    const context = { ...given, options: savedOptions(file, saved, given.options) };
    const stack = await openStack(context, { set: saved.choices.set, charts: true });
    refuseOtherStack(saved, stack);
    const verify = await smokeTestsFor(stack, flags);
    const cluster = await openCluster(context, stack, true);
    try {
      await awaitLock(stack, cluster, flags.waitForLock ?? 0, context);
      const helm = openHelm(context);
      const { pinned } = await resolveLock(stack, { write: true }, context);
      const plan = await renewPlan(saved, { stack, pinned, cluster, helm }, context);
      const chosen = { ...flags, ...saved.choices };
      return await carryOut(context, plan, { stack, pinned, cluster, helm }, chosen, verify);
    } finally {
      cluster.client.close();
    }
  };
}

/** A saved plan knows its stack file, environment and cluster; flags that name others are heard, and what they lead to is compared. */
function savedOptions(file: string, saved: SavedPlan, options: GlobalOptions): GlobalOptions {
  const config = options.config ?? resolve(dirname(file), saved.stackFile);
  const environment = options.environment ?? saved.plan.environment;
  const { only, withNeeds } = saved.choices;
  const named = { ...options, config, environment, only, withNeeds };
  if (options.sandbox || options.context !== undefined) return named;
  if (!saved.sandbox) return { ...named, context: saved.plan.context };
  return options.kubeconfig === undefined ? { ...named, sandbox: true } : named;
}
