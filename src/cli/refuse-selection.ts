import { FlotillaError } from "../model/errors.ts";
import type { GlobalOptions } from "./options.ts";

/**
 * For commands that work on the whole stack: to ignore a selection would touch releases that were not meant.
 * @throws FlotillaError `usage` when `--only` or `--with-needs` (or their variables) were given
 */
export function refuseSelection(command: string, { only, withNeeds }: GlobalOptions): void {
  if (only === undefined && !withNeeds) return;
  const [flag, variable] = only === undefined ? ["--with-needs", "FLOTILLA_WITH_NEEDS"] : ["--only", "FLOTILLA_ONLY"];
  throw new FlotillaError("usage", `flotilla ${command} takes no ${flag}: it is about the whole stack.`, {
    hint: `Leave out ${flag}, and unset ${variable}. up and plan take it.`,
  });
}
