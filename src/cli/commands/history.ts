import { readHistory, readRun } from "../../operations/read-history.ts";
import { historyDocument, journalDocument } from "../../report/history-document.ts";
import { historyText, runText } from "../../report/history-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";

/** `flotilla history [RUN]`: the runs of a stack, or what one of them did. */
export function historyCommand(run: string | undefined): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { withoutCharts: true });
    const cluster = await openCluster(context, stack, false);
    try {
      if (run === undefined) {
        const entries = await readHistory(stack, cluster, context);
        await context.reporter.result(historyDocument(stack.name, entries), historyText(stack.name, entries, context));
      } else {
        const entry = await readRun(stack, run, cluster, context);
        await context.reporter.result(journalDocument(entry), runText(entry, context));
      }
      return EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}
