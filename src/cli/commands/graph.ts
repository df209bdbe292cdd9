import { graphText } from "../../report/graph.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openStack } from "./session.ts";

/** Flags of `graph`. */
export interface GraphFlags {
  readonly format: "text" | "mermaid" | "dot";
}

/** `flotilla graph`: which release needs which. Needs no cluster. */
export function graphCommand({ format }: GraphFlags): CommandRun {
  return async (context) => {
    const { name, releases } = await openStack(context, { withoutCharts: true });
    const edges = releases.map((release) => ({
      release: release.name,
      namespace: release.namespace,
      needs: release.needs,
    }));
    const document = { version: 1, stack: name, releases: edges };
    await context.reporter.result(document, graphText({ name, releases }, format, context));
    return EXIT.done;
  };
}
