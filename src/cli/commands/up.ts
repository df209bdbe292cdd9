import type { Plan } from "../../model/plan.ts";
import type { RunResult } from "../../model/result.ts";
import type { Stack } from "../../model/stack.ts";
import { awaitLock } from "../../operations/await-lock.ts";
import { changesNothing } from "../../operations/changes-nothing.ts";
import { refuseUnknownChoices } from "../../operations/choose-releases.ts";
import { refuseDestructive } from "../../operations/refuse-destructive.ts";
import { runPlan, type RunPlanInput } from "../../operations/run-plan.ts";
import { runDocument } from "../../report/documents.ts";
import { planText } from "../../report/plan-text.ts";
import { resultText } from "../../report/result-text.ts";
import { againCommand } from "../again.ts";
import { confirm } from "../confirm.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { page } from "../pager.ts";
import type { CommandContext, CommandRun } from "../run-command.ts";
import { type AfterRun, afterRun } from "./after-run.ts";
import { choicesOf, choiceWords } from "./plan-choices.ts";
import { planTextOptions } from "./plan-text-options.ts";
import { preparePlan } from "./prepare-plan.ts";
import { openCluster, openStack } from "./session.ts";

/** Flags of `up`. */
export interface UpFlags {
  readonly set?: readonly string[];
  readonly prune?: boolean;
  readonly adopt?: boolean;
  readonly takeOver?: boolean;
  readonly forceConflicts?: readonly string[];
  readonly allowDestructive?: boolean;
  readonly onFailure?: "stop" | "rollback";
  /** Milliseconds. */
  readonly waitForLock?: number;
  readonly verify?: boolean;
  readonly restartGateways?: boolean;
}

/** `flotilla up`: makes the cluster match the stack file. */
export function upCommand(flags: UpFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { set: flags.set, charts: true });
    refuseUnknownChoices(stack, choicesOf(flags, context.options));
    const verify = await smokeTestsFor(stack, flags);
    const cluster = await openCluster(context, stack, true);
    try {
      await awaitLock(stack, cluster, flags.waitForLock ?? 0, context);
      const brief = context.options.yes ?? false;
      const { plan, pinned, helm } = await preparePlan(context, stack, cluster, true, { ...flags, brief });
      if (!changesNothing(plan.steps) && !context.options.yes) await askWithPlan(context, plan, flags);
      return await carryOut(context, plan, { stack, pinned, cluster, helm }, flags, verify);
    } finally {
      cluster.client.close();
    }
  };
}

/**
 * What runs the smoke tests that `--verify` asks for; null without it. Before anything is touched: a stack without smoke tests
 * cannot be verified.
 * @throws FlotillaError `usage`
 */
export async function smokeTestsFor(stack: Stack, { verify = false }: UpFlags): Promise<AfterRun["verify"]> {
  if (!verify) return null;
  const smokeTests = await import("../../operations/verify.ts");
  smokeTests.smokeTestsOf(stack, []);
  return smokeTests.verify;
}

/** Runs a plan that nothing stands against any more, and what the flags want after it; reports how it went. */
export async function carryOut(
  context: CommandContext,
  plan: Plan,
  prepared: RunPlanInput,
  flags: UpFlags,
  verify: AfterRun["verify"],
): Promise<ExitCode> {
  const { stack, cluster } = prepared;
  const { onFailure = "stop", waitForLock = 0, allowDestructive = false, restartGateways = false } = flags;
  const ran = await runPlan(plan, { ...prepared, onFailure, waitForLockMs: waitForLock, allowDestructive }, context);
  const further = { proxies: !isAllNew(plan), restartGateways, waitForLock, verify };
  const { result, exit } =
    ran.outcome === "succeeded"
      ? await afterRun(context, { stack, cluster }, ran, further)
      : { result: ran, exit: EXIT.done };
  const reported = await reportRun(context, result, ["up", ...choiceWords(choicesOf(flags, context.options))]);
  return reported === EXIT.done ? exit : reported;
}

/** Whether nothing can be older than the run: it has made all namespaces of the stack, and what is in them. */
function isAllNew({ steps }: Plan): boolean {
  return steps.every(({ kind, action }) => kind === "gate" || action === "install");
}

/** Shows what would be done and asks; what would be refused afterwards is refused before the question. */
async function askWithPlan(context: CommandContext, plan: Plan, flags: UpFlags): Promise<void> {
  const { allowDestructive = false } = flags;
  const stream = process.stderr;
  const options = planTextOptions(context, stream);
  const show = async (text: string): Promise<void> => {
    if (!(await page(context, text, { pager: true, stream }))) await showPlan(context, text);
  };
  if (context.interactive) await show(planText(plan, options));
  refuseDestructive(plan, allowDestructive);
  await confirm(context, `Apply this to ${plan.context}?`, () => show(planText(plan, { ...options, verbose: true })));
}

/** A plan that is asked about is no result: it goes where the question goes. */
export async function showPlan(context: CommandContext, text: string): Promise<void> {
  context.reporter.stop();
  await new Promise<void>((resolve) => process.stderr.write(`${text}\n`, () => resolve()));
}

/**
 * Shows how a run went, and says how the process ends.
 * @param words the command that goes on where the run ended, without the flags that say where
 * @param idle what is to be said where no release changed
 */
export async function reportRun(
  context: CommandContext,
  result: RunResult,
  words: readonly string[],
  idle?: string,
): Promise<ExitCode> {
  const { reporter, color, options } = context;
  const again = againCommand(words, options);
  await reporter.result(
    runDocument(result),
    resultText(result, { color, view: reporter.view(), again, ...(idle !== undefined && { idle }) }),
  );
  if (result.outcome === "interrupted") return EXIT.interrupted;
  if (result.outcome !== "succeeded") return EXIT.failed;
  return result.verification?.outcome === "failed" ? EXIT.smokeTest : EXIT.done;
}
