import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../model/durations.ts";
import { withVariable } from "./variables.ts";

/** What of the global flags a command can do. */
export interface GlobalUse {
  /** Whether it can be told to take only some releases. */
  readonly selects?: boolean;
}

/** Gives a command the flags that all commands take; each can be set by a variable too. */
export function addGlobalOptions(command: Command, { selects = false }: GlobalUse = {}): Command {
  const options = [...globalOptions(), ...(selects ? selectionOptions() : refusedSelection())];
  for (const option of options) command.addOption(option.helpGroup("Global options:"));
  return command;
}

/** Whether a command can be told to take only some releases. */
export function selectsReleases(command: Command): boolean {
  return command.options.some((option) => option.attributeName() === "only" && !option.hidden);
}

/** Which releases are meant. */
function selectionOptions(): readonly Option[] {
  return [withVariable(onlyOption(), "FLOTILLA_ONLY"), withVariable(withNeedsOption(), "FLOTILLA_WITH_NEEDS")];
}

/**
 * For commands that are about the whole stack: they know the flags, to say why they refuse them. A variable that stands for
 * the commands that take them is none of theirs.
 */
function refusedSelection(): readonly Option[] {
  return [onlyOption().hideHelp(), withNeedsOption().hideHelp()];
}

function onlyOption(): Option {
  return new Option("--only <release>", "only these releases (repeatable, comma-separated)").argParser(collectNames);
}

function withNeedsOption(): Option {
  return new Option("--with-needs", "with --only: what they need as well");
}

function globalOptions(): readonly Option[] {
  return [
    withVariable(
      new Option("-c, --config <file>", "stack file (default: flotilla.yaml, looked for upwards)"),
      "FLOTILLA_CONFIG",
    ),
    withVariable(
      new Option("-e, --environment <name>", "environment of the stack file (default: its first)"),
      "FLOTILLA_ENVIRONMENT",
    ),
    withVariable(new Option("--context <name>", "kubeconfig context"), "FLOTILLA_CONTEXT"),
    withVariable(new Option("--kubeconfig <file>", "kubeconfig file"), "FLOTILLA_KUBECONFIG"),
    withVariable(new Option("--sandbox", "use the sandbox's cluster; start it when it is not up"), "FLOTILLA_SANDBOX"),
    withVariable(
      new Option("--timeout <duration>", "deadline of the whole run, such as 10m").argParser(durationArgument),
      "FLOTILLA_TIMEOUT",
    ),
    withVariable(
      new Option("--parallel <n>", "how many helm processes at once").argParser(countArgument),
      "FLOTILLA_PARALLEL",
    ),
    withVariable(
      new Option("-o, --output <format>", "what goes to standard output")
        .choices(["text", "json", "ndjson"])
        .default("text"),
      "FLOTILLA_OUTPUT",
    ),
    withVariable(new Option("--yes", "do not ask before changes"), "FLOTILLA_YES"),
    withVariable(new Option("--no-color", "no colors (NO_COLOR is honoured too)"), "FLOTILLA_NO_COLOR"),
    withVariable(new Option("-v, --verbose", "more details, stack traces of defects"), "FLOTILLA_VERBOSE"),
    withVariable(
      new Option("--log-file <file>", "write every event to a file, one JSON line each"),
      "FLOTILLA_LOG_FILE",
    ),
  ];
}

/** Gathers names that are separated by commas or given one flag each. @throws InvalidArgumentError */
export function collectNames(value: string, before: readonly string[] | undefined): readonly string[] {
  const names = value.split(",").map((name) => name.trim());
  const given = names.filter((name) => name !== "");
  // An empty selection would mean all releases.
  if (given.length === 0) throw new InvalidArgumentError("It must name a release.");
  return [...(before ?? []), ...given];
}

/** Reads a flag's duration into milliseconds. @throws InvalidArgumentError */
export function durationArgument(value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new InvalidArgumentError("It must be a duration such as 90s, 10m or 1h30m.");
  if (ms === 0) throw new InvalidArgumentError("It must be longer than nothing.");
  return ms;
}

function countArgument(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return count;
}
