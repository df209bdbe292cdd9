import { smokeTestsOf, verify, type VerifyOptions } from "../../operations/verify.ts";
import { verifyDocument } from "../../report/verify-document.ts";
import { verifyText } from "../../report/verify-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";

/** Flags of `verify`. */
export interface VerifyFlags {
  readonly via?: NonNullable<VerifyOptions["via"]>;
}

/** `flotilla verify [RELEASE…]`: smoke tests of what is installed. Exit 5 when one fails. */
export function verifyCommand(releases: readonly string[], { via = "auto" }: VerifyFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { withoutCharts: true });
    smokeTestsOf(stack, releases);
    const cluster = await openCluster(context, stack, false);
    try {
      const report = await verify(stack, cluster, { releases, via }, context);
      await context.reporter.result(verifyDocument(report), verifyText(report, context));
      return report.outcome === "passed" ? EXIT.done : EXIT.smokeTest;
    } finally {
      cluster.client.close();
    }
  };
}
