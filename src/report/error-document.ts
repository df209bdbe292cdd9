import { ConfigError, FlotillaError } from "../model/errors.ts";
import type { JsonObject } from "../model/json.ts";

/** What ended a command, for programs: `{code, message, hint, problems}`; `problems` only for configuration errors. */
export function errorDocument(error: unknown): JsonObject {
  if (error instanceof ConfigError) {
    const problems = error.problems.map(({ severity, message, file, line, column, hint }) => {
      return { severity, message, file, line, column, hint };
    });
    return { code: error.code, message: error.message, hint: error.hint, problems };
  }
  if (error instanceof FlotillaError) {
    return { code: error.code, message: error.message, hint: error.hint, problems: null };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, hint: null, problems: null };
}
