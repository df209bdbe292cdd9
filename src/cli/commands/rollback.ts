import { awaitLock } from "../../operations/await-lock.ts";
import { createRollbackPlan } from "../../operations/create-rollback-plan.ts";
import { runPlan } from "../../operations/run-plan.ts";
import { planText } from "../../report/plan-text.ts";
import { confirm } from "../confirm.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openHelm, openStack } from "./session.ts";
import { reportRun, showPlan } from "./up.ts";

/** Flags of `rollback`. */
export interface RollbackFlags {
  /** Milliseconds. */
  readonly waitForLock?: number;
}

/** `flotilla rollback [RUN]`: undoes a run. */
export function rollbackCommand(run: string | undefined, { waitForLock = 0 }: RollbackFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { withoutCharts: true });
    const cluster = await openCluster(context, stack, true);
    const helm = openHelm(context);
    try {
      await awaitLock(stack, cluster, waitForLock, context);
      const undo = await createRollbackPlan(stack, run ?? null, cluster, helm, context);
      // What an undo cannot bring back is said before it starts, also where nobody is asked.
      for (const note of undo.plan.notes) context.emit({ type: "notice", level: "warning", message: note, hint: null });
      if (undo.plan.steps.length > 0 && !context.options.yes) {
        if (context.interactive) await showPlan(context, planText(undo.plan, context));
        await confirm(context, `Undo run ${undo.run} on ${undo.plan.context}?`);
      }
      const input = { stack, pinned: [], cluster, helm, waitForLockMs: waitForLock };
      const result = await runPlan(undo.plan, { ...input, command: "rollback", undoes: undo.run }, context);
      return await reportRun(context, result, ["rollback", undo.run]);
    } finally {
      cluster.client.close();
    }
  };
}
