import type { RunResult } from "../../model/result.ts";
import { changesNothing } from "../../operations/changes-nothing.ts";
import { runPlan } from "../../operations/run-plan.ts";
import { runDocument } from "../../report/documents.ts";
import { planText } from "../../report/plan-text.ts";
import { resultText } from "../../report/result-text.ts";
import { confirm } from "../confirm.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { CommandContext, CommandRun } from "../run-command.ts";
import { preparePlan } from "./prepare-plan.ts";
import { openCluster, openStack } from "./session.ts";

/** Flags of `up`. */
export interface UpFlags {
  readonly set?: readonly string[];
}

/** `flotilla up`: makes the cluster match the stack file. */
export function upCommand(flags: UpFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { set: flags.set, charts: true });
    const cluster = await openCluster(context, stack, true);
    try {
      const { plan, pinned, helm } = await preparePlan(context, stack, cluster, true);
      if (!changesNothing(plan.steps) && !context.options.yes) {
        if (context.interactive) await showPlan(context, planText(plan, context));
        await confirm(context, `Apply this to ${plan.context}?`);
      }
      const result = await runPlan(plan, { stack, pinned, cluster, helm }, context);
      return await reportRun(context, result, "up");
    } finally {
      cluster.client.close();
    }
  };
}

/** A plan that is asked about is no result: it goes where the question goes. */
export async function showPlan(context: CommandContext, text: string): Promise<void> {
  context.reporter.stop();
  await new Promise<void>((resolve) => process.stderr.write(`${text}\n`, () => resolve()));
}

/** Shows how a run went, and says how the process ends. */
export async function reportRun(context: CommandContext, result: RunResult, command: string): Promise<ExitCode> {
  const { reporter, color } = context;
  const again = `flotilla ${command}${context.options.sandbox ? " --sandbox" : ""}`;
  await reporter.result(runDocument(result), resultText(result, { color, view: reporter.view(), again }));
  if (result.outcome === "interrupted") return EXIT.interrupted;
  return result.outcome === "failed" ? EXIT.failed : EXIT.done;
}
