import type { Command } from "commander";
import { selectsReleases } from "./global-options.ts";

/** An empty value is a shell's variable that is not set: what was meant would be left to chance. Ends with a usage error. */
export function refuseEmptyValues(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValueSource(name) === "cli" ? command.getOptionValue(name) : undefined;
    if ([value].flat().includes("")) command.error(`error: option '${option.flags}' argument is empty.`);
  }
  const empty = command.args.indexOf("");
  if (empty < 0) return;
  const name = (command.registeredArguments[empty] ?? command.registeredArguments.at(-1))?.name() ?? "";
  command.error(`error: argument '${name}' is empty.`);
}

/** `--with-needs` adds to a selection; a saved plan has its own. Ends with a usage error. */
export function refuseLoneNeeds(command: Command): void {
  const isLone = command.getOptionValueSource("withNeeds") === "cli" && command.getOptionValue("only") === undefined;
  if (!isLone || !selectsReleases(command) || command.args.length > 0) return;
  command.error("error: --with-needs goes with --only RELEASE: without it, all releases are meant anyhow.");
}
