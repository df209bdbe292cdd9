import { chooseReleases } from "../../operations/choose-releases.ts";
import { diagnose } from "../../operations/diagnose.ts";
import { stackDiagnosisDocument } from "../../report/documents.ts";
import { stackDiagnosisText } from "../../report/stack-diagnosis-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openCluster, openStack } from "./session.ts";

/** `flotilla diagnose [RELEASE…]`: why something is not ready. Exit 1 when something is wrong that does not heal. */
export function diagnoseCommand(releases: readonly string[]): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { withoutCharts: true });
    chooseReleases(stack, releases);
    const cluster = await openCluster(context, stack, false);
    try {
      const found = await diagnose(stack, cluster, { releases }, context);
      await context.reporter.result(stackDiagnosisDocument(found), stackDiagnosisText(found, context));
      const broken = found.releases.some(({ diagnosis }) => diagnosis.some(({ severity }) => severity === "error"));
      return broken ? EXIT.failed : EXIT.done;
    } finally {
      cluster.client.close();
    }
  };
}
