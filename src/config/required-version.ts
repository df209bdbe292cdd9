import satisfies from "semver/functions/satisfies.js";
import validRange from "semver/ranges/valid.js";
import { isMapping } from "../catalog/mapping.ts";
import { PreflightError } from "../model/errors.ts";
import type { JsonValue } from "../model/json.ts";

/**
 * Refuses a file that was made for another flotilla: what is wrong with its keys may well be right there.
 * @param version flotilla's own; null to let every file through
 * @throws PreflightError with the finding `requires-flotilla`
 */
export function refuseOtherVersion(file: string, tree: JsonValue, version: string | null): void {
  const requires = isMapping(tree) ? tree["requires"] : undefined;
  const range = isMapping(requires) ? requires["flotilla"] : undefined;
  if (version === null || typeof range !== "string" || validRange(range) === null) return;
  if (satisfies(version, range, { includePrerelease: true })) return;
  const message = `${file} requires flotilla ${range}; this one is ${version}.`;
  const hint = "Use a flotilla that fits, or change `requires` in the stack file.";
  throw new PreflightError(message, [{ code: "requires-flotilla", severity: "error", message, hint }]);
}
