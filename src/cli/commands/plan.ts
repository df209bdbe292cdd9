import { changesNothing } from "../../operations/changes-nothing.ts";
import { refuseUnknownChoices } from "../../operations/choose-releases.ts";
import { planDocument } from "../../report/documents.ts";
import { planText } from "../../report/plan-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { choicesOf } from "./plan-choices.ts";
import { page } from "../pager.ts";
import { openCluster, openStack } from "./session.ts";
import { planTextOptions } from "./plan-text-options.ts";
import { preparePlan } from "./prepare-plan.ts";

/** Flags of `plan`. */
export interface PlanFlags {
  readonly exitCode?: boolean;
  readonly prune?: boolean;
  readonly adopt?: boolean;
  readonly takeOver?: boolean;
  readonly forceConflicts?: readonly string[];
  readonly set?: readonly string[];
  /** File to write the plan to. */
  readonly save?: string;
  /** False after `--no-pager`. */
  readonly pager?: boolean;
}

/** `flotilla plan`: what `up` would do. */
export function planCommand(flags: PlanFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { set: flags.set, charts: true });
    refuseUnknownChoices(stack, choicesOf(flags, context.options));
    const cluster = await openCluster(context, stack, false);
    try {
      const { plan, pinned } = await preparePlan(context, stack, cluster, false, flags);
      if (flags.save !== undefined) {
        const { savePlan } = await import("../../operations/save-plan.ts");
        const sandbox = context.options.sandbox ?? false;
        const choices = choicesOf(flags, context.options);
        await savePlan(flags.save, plan, { stack, pinned, cluster, choices, sandbox }, context);
      }
      const text = planText(plan, planTextOptions(context, process.stdout));
      const paged = await page(context, text, { pager: flags.pager ?? true, stream: process.stdout });
      await context.reporter.result(planDocument(plan), paged ? "" : text);
      return flags.exitCode && !changesNothing(plan.steps) ? EXIT.changes : EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}
