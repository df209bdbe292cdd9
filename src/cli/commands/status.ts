import { readStatus } from "../../operations/read-status.ts";
import { statusDocument } from "../../report/documents.ts";
import { statusText } from "../../report/status-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";

/** `flotilla status`: how the releases are right now. */
export function statusCommand(): CommandRun {
  return async (context) => {
    const stack = await openStack(context);
    const cluster = await openCluster(context, stack, false);
    try {
      const status = await readStatus(stack, cluster, context);
      await context.reporter.result(statusDocument(status), statusText(status, context));
      return EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}
