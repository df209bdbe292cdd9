import type { Command } from "commander";

/**
 * Global flags may stand before the command as well (`flotilla --sandbox up`), as helm and kubectl have it. One that is
 * given again behind the command counts from there; lists are joined.
 */
export function takeEarlierFlags(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    const early: unknown = program.getOptionValue(name);
    const late: unknown = command.getOptionValueSource(name) === "cli" ? command.getOptionValue(name) : undefined;
    if (Array.isArray(early) && Array.isArray(late)) {
      command.setOptionValueWithSource(name, [...early, ...late], "cli");
    } else if (late === undefined) {
      command.setOptionValueWithSource(name, early, "cli");
    }
  }
}
