import { FlotillaError } from "../../model/errors.ts";
import type { Stack } from "../../model/stack.ts";
import type { Cluster } from "../../operations/connect-cluster.ts";
import { limitStack } from "../../operations/choose-releases.ts";
import { readStatus } from "../../operations/read-status.ts";
import { watchStatus } from "../../operations/watch-status.ts";
import { statusDocument } from "../../report/documents.ts";
import { statusText } from "../../report/status-text.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { CommandContext, CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";

/** Flags of `status`. */
export interface StatusFlags {
  readonly watch?: boolean;
}

/** `flotilla status`: how the releases are right now, or (`--watch`) now and after each change. */
export function statusCommand({ watch = false }: StatusFlags): CommandRun {
  return async (context) => {
    if (watch) refuseOneDocument(context);
    const stack = limitStack(await openStack(context, { withoutCharts: true }), context.options);
    const cluster = await openCluster(context, stack, false);
    try {
      if (watch) return await watchUntilStopped(context, stack, cluster);
      const status = await readStatus(stack, cluster, context);
      await context.reporter.result(statusDocument(status), statusText(status, context));
      return EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}

function refuseOneDocument({ options }: CommandContext): void {
  if (options.output !== "json") return;
  throw new FlotillaError("usage", "flotilla status --watch has no end, so it cannot be one JSON document.", {
    hint: "Take -o ndjson: a line of JSON for each change.",
  });
}

/** Ctrl-C is how one stops looking, or a reader that leaves (`| head`): no failure, and nothing was interrupted. */
async function watchUntilStopped(context: CommandContext, stack: Stack, cluster: Cluster): Promise<ExitCode> {
  try {
    for await (const status of watchStatus(stack, cluster, context)) {
      if (!(await context.reporter.update(statusDocument(status), statusText(status, context)))) break;
    }
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "interrupted") throw error;
  }
  return EXIT.done;
}
