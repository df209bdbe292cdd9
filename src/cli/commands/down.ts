import { awaitLock } from "../../operations/await-lock.ts";
import { createDownPlan } from "../../operations/create-down-plan.ts";
import { runPlan } from "../../operations/run-plan.ts";
import { planText } from "../../report/plan-text.ts";
import { confirm } from "../confirm.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openHelm, openStack } from "./session.ts";
import { reportRun, showPlan } from "./up.ts";

/** Flags of `down`. */
export interface DownFlags {
  readonly crds?: boolean;
  readonly namespaces?: boolean;
  readonly volumes?: boolean;
  /** Milliseconds. */
  readonly waitForLock?: number;
}

function downWords({ crds = false, namespaces = false, volumes = false }: DownFlags): readonly string[] {
  return Object.entries({ crds, namespaces, volumes }).flatMap(([flag, isSaid]) => (isSaid ? [`--${flag}`] : []));
}

/** `flotilla down`: uninstalls the stack in reverse order. */
export function downCommand(flags: DownFlags): CommandRun {
  const { crds = false, namespaces = false, volumes = false, waitForLock = 0 } = flags;
  return async (context) => {
    const stack = await openStack(context, { withoutCharts: true });
    const cluster = await openCluster(context, stack, true);
    const helm = openHelm(context);
    try {
      await awaitLock(stack, cluster, waitForLock, context);
      const plan = await createDownPlan(stack, cluster, { crds, namespaces, volumes }, helm, context);
      // Who says --yes sees no plan.
      for (const note of context.options.yes ? plan.notes : []) {
        context.emit({ type: "notice", level: "info", message: note, hint: null });
      }
      if (plan.steps.length > 0 && !context.options.yes) {
        if (context.interactive) await showPlan(context, planText(plan, context));
        await confirm(context, `Remove all this from ${plan.context}?`);
      }
      const result = await runPlan(
        plan,
        { stack, pinned: [], cluster, helm, command: "down", waitForLockMs: waitForLock },
        context,
      );
      const left = plan.steps.length === 0 ? "nothing" : "no release";
      return await reportRun(context, result, ["down", ...downWords(flags)], `${left} of ${stack.name} was installed`);
    } finally {
      cluster.client.close();
    }
  };
}
