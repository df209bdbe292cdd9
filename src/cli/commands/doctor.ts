import { doctor } from "../../operations/doctor.ts";
import { doctorDocument, doctorText } from "../../report/doctor-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { clusterOptions, openHelm, openStack } from "./session.ts";

/** `flotilla doctor`: what stands in the way of `up`. Ends with 4 when something does. */
export function doctorCommand(): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { charts: true, anyVersion: true });
    const input = { stack, cluster: clusterOptions(context, true), helm: openHelm(context) };
    const report = await doctor(input, context);
    await context.reporter.result(doctorDocument(report), doctorText(report, context));
    return report.findings.some(({ severity }) => severity === "error") ? EXIT.refused : EXIT.done;
  };
}
