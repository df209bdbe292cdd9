import { FlotillaError } from "../model/errors.ts";
import type { GlobalOptions } from "./options.ts";

/** These take releases as arguments. */
const NAMED: ReadonlySet<string> = new Set(["diagnose", "verify"]);

/**
 * For commands that work on the whole stack: to ignore a selection would touch releases that were not meant.
 * @throws FlotillaError `usage` when `--only` or `--with-needs` were given
 */
export function refuseSelection(command: string, { only, withNeeds }: GlobalOptions): void {
  if (only === undefined && !withNeeds) return;
  const flag = only === undefined ? "--with-needs" : "--only";
  const isNamed = NAMED.has(command);
  const why = isNamed ? "releases are named behind it" : "it is about the whole stack";
  throw new FlotillaError("usage", `flotilla ${command} takes no ${flag}: ${why}.`, {
    hint: isNamed
      ? `Call it like this: flotilla ${command} ${only?.join(" ") ?? "RELEASE…"}`
      : `Leave out ${flag}; up, plan and status take it.`,
  });
}
