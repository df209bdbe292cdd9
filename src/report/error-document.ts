import {
  ApplyConflictError,
  ConfigError,
  type ConfigProblem,
  FlotillaError,
  PlanStaleError,
  PreflightError,
} from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";
import { conflictDocument } from "./conflict-text.ts";
import { findingDocument } from "./doctor-text.ts";
import { differenceDocument } from "./stale-text.ts";

/** Lists that only some errors have; null where an error is of another kind. */
const NO_DETAILS = { problems: null, warnings: null, findings: null, differences: null, conflicts: null };

/**
 * What ended a command, for programs: `{code, message, hint, problems, warnings, findings, differences, conflicts}`; `problems`
 * and `warnings` only for configuration errors, `findings` only for what the preflight has found, `differences` only for
 * saved plans that have grown stale, `conflicts` only for fields in other hands.
 */
export function errorDocument(error: unknown): JsonObject {
  if (error instanceof FlotillaError) {
    const { code, message, hint } = error;
    return { code, message, hint, ...NO_DETAILS, ...detailsOf(error) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, hint: null, ...NO_DETAILS };
}

function detailsOf(error: FlotillaError): JsonObject {
  if (error instanceof ConfigError) return { problems: of(error, "error"), warnings: of(error, "warning") };
  if (error instanceof PreflightError) return { findings: error.findings.map(findingDocument) };
  if (error instanceof ApplyConflictError) return { conflicts: error.conflicts.map(conflictDocument) };
  if (error instanceof PlanStaleError) return { differences: error.differences.map(differenceDocument) };
  return {};
}

function of({ problems }: ConfigError, wanted: ConfigProblem["severity"]): JsonObject[] {
  return problems
    .filter(({ severity }) => severity === wanted)
    .map(({ severity, message, file, line, column, hint }) => ({ severity, message, file, line, column, hint }));
}
