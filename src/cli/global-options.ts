import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../model/durations.ts";

/** Gives a command the flags that all commands take; each can be set by a variable too. */
export function addGlobalOptions(command: Command): Command {
  for (const option of globalOptions()) command.addOption(option.helpGroup("Global options:"));
  return command;
}

function globalOptions(): readonly Option[] {
  return [
    new Option("-c, --config <file>", "stack file (default: flotilla.yaml, looked for upwards)").env("FLOTILLA_CONFIG"),
    new Option("-e, --environment <name>", "environment of the stack file (default: its first)").env(
      "FLOTILLA_ENVIRONMENT",
    ),
    new Option("--context <name>", "kubeconfig context").env("FLOTILLA_CONTEXT"),
    new Option("--kubeconfig <file>", "kubeconfig file").env("FLOTILLA_KUBECONFIG"),
    new Option("--sandbox", "use the sandbox's cluster; start it when it is not up").env("FLOTILLA_SANDBOX"),
    new Option("--only <release>", "only these releases (repeatable, comma-separated)")
      .argParser(collectNames)
      .env("FLOTILLA_ONLY"),
    new Option("--with-needs", "with --only: what they need as well").env("FLOTILLA_WITH_NEEDS"),
    new Option("--timeout <duration>", "deadline of the whole run, such as 10m")
      .argParser(durationArgument)
      .env("FLOTILLA_TIMEOUT"),
    new Option("--parallel <n>", "how many helm processes at once").argParser(countArgument).env("FLOTILLA_PARALLEL"),
    new Option("-o, --output <format>", "what goes to standard output")
      .choices(["text", "json", "ndjson"])
      .default("text")
      .env("FLOTILLA_OUTPUT"),
    new Option("--yes", "do not ask before changes").env("FLOTILLA_YES"),
    new Option("--no-color", "no colors (NO_COLOR is honoured too)"),
    new Option("-v, --verbose", "more details, stack traces of defects").env("FLOTILLA_VERBOSE"),
    new Option("--log-file <file>", "write every event to a file, one JSON line each").env("FLOTILLA_LOG_FILE"),
  ];
}

function collectNames(value: string, before: readonly string[] | undefined): readonly string[] {
  const names = value.split(",").map((name) => name.trim());
  return [...(before ?? []), ...names.filter((name) => name !== "")];
}

function durationArgument(value: string): number {
  const ms = parseDuration(value);
  if (ms === null || ms === 0) throw new InvalidArgumentError("It must be a duration such as 90s, 10m or 1h30m.");
  return ms;
}

function countArgument(value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return count;
}
