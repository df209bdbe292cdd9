import type { JsonObject } from "../model/json.ts";
import type { VerifyReport } from "../model/verify-report.ts";

/** The document of `verify -o json`, field by field: part of the contract. */
export function verifyDocument(report: VerifyReport): JsonObject {
  return {
    version: report.version,
    stack: report.stack,
    environment: report.environment,
    context: report.context,
    outcome: report.outcome,
    durationMs: report.durationMs,
    tests: report.tests.map(({ release, name, kind, target, via, outcome, durationMs, probes }) => ({
      release,
      name,
      kind,
      target,
      via,
      outcome,
      durationMs,
      probes: probes.map((probe) => ({
        probe: probe.probe,
        outcome: probe.outcome,
        code: probe.code,
        message: probe.message,
        hint: probe.hint,
        durationMs: probe.durationMs,
      })),
    })),
  };
}
