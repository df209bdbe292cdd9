import { changesNothing } from "../../operations/changes-nothing.ts";
import { planDocument } from "../../report/documents.ts";
import { planText } from "../../report/plan-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";
import { preparePlan } from "./prepare-plan.ts";

/** Flags of `plan`. */
export interface PlanFlags {
  readonly exitCode?: boolean;
  readonly set?: readonly string[];
}

/** `flotilla plan`: what `up` would do. */
export function planCommand(flags: PlanFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { set: flags.set, charts: true });
    const cluster = await openCluster(context, stack, false);
    try {
      const { plan } = await preparePlan(context, stack, cluster, false);
      await context.reporter.result(planDocument(plan), planText(plan, context));
      return flags.exitCode && !changesNothing(plan.steps) ? EXIT.changes : EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}
