import { FlotillaError } from "../model/errors.ts";
import type { GlobalOptions } from "./options.ts";

/** These take releases as arguments. */
const NAMED: ReadonlySet<string> = new Set(["diagnose", "verify"]);

/** These change what they are not kept from: a variable that selects may not be passed over either. */
const CHANGING: ReadonlySet<string> = new Set(["down", "rollback"]);

/**
 * For commands that work on the whole stack: to ignore a selection would touch releases that were not meant.
 * @throws FlotillaError `usage` when `--only` or `--with-needs` were given, or FLOTILLA_ONLY to a command that changes something
 */
export function refuseSelection(command: string, { only, withNeeds }: GlobalOptions): void {
  if (CHANGING.has(command) && process.env["FLOTILLA_ONLY"]) {
    throw new FlotillaError("usage", `flotilla ${command} is about the whole stack, and FLOTILLA_ONLY is set.`, {
      hint: "Unset it for this command: it works on all releases or on none.",
    });
  }
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
