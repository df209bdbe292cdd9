import { createWriteStream } from "node:fs";
import type { RunContext } from "../model/context.ts";
import type { RunEvent } from "../model/events.ts";
import { FlotillaError } from "../model/errors.ts";
import { createReporter, type Reporter } from "../report/reporter.ts";
import { withDeadline } from "../runtime/abort.ts";
import { formatDuration } from "../model/durations.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import type { GlobalOptions } from "./options.ts";

/** What a command works with. */
export interface CommandContext extends RunContext {
  readonly options: GlobalOptions;
  readonly reporter: Reporter;
  readonly color: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
}

/** A command's work: it reports its result itself and says how the process ends. */
export type CommandRun = (context: CommandContext) => Promise<ExitCode>;

/** Runs a command from signals to exit code: the only place where errors end. */
export async function runCommand(options: GlobalOptions, load: () => Promise<CommandRun>): Promise<ExitCode> {
  const terminal = Boolean(process.stderr.isTTY) && !process.env["CI"];
  const color = wantsColor(options);
  const reporter = createReporter({
    format: options.output,
    color,
    interactive: terminal,
    columns: process.stderr.columns ?? 80,
    rows: process.stderr.rows ?? 24,
    verbose: options.verbose ?? false,
    out: process.stdout,
    err: process.stderr,
    now: Date.now,
  });
  const log = openLog(options.logFile);
  const interrupt = onInterrupt();
  const deadline = options.timeout === undefined ? null : wholeRun(interrupt.signal, options.timeout);
  const emit = (event: RunEvent): void => {
    reporter.emit(event);
    log?.emit(event);
  };
  try {
    const run = await load();
    const signal = deadline?.signal ?? interrupt.signal;
    return await run({ options, reporter, color, interactive: terminal && Boolean(process.stdin.isTTY), signal, emit });
  } catch (error) {
    await reporter.error(error);
    await log?.error(error);
    return exitCodeOf(error);
  } finally {
    deadline?.clear();
    interrupt.dispose();
    await reporter.finish();
    await log?.finish();
  }
}

function wholeRun(signal: AbortSignal, ms: number): ReturnType<typeof withDeadline> {
  return withDeadline(
    signal,
    ms,
    () => new FlotillaError("timeout", `The run was not done within ${formatDuration(ms)} (--timeout).`),
  );
}

/** NO_COLOR counts when it is set and not empty (no-color.org). */
function wantsColor(options: GlobalOptions): boolean {
  if (!options.color || process.env["NO_COLOR"]) return false;
  if (process.env["FORCE_COLOR"]) return true;
  return Boolean(process.stdout.isTTY) && Boolean(process.stderr.isTTY) && process.env["TERM"] !== "dumb";
}

function openLog(file: string | undefined): Reporter | null {
  if (file === undefined) return null;
  const out = createWriteStream(file, { mode: 0o600 });
  return createReporter({
    format: "ndjson",
    color: false,
    interactive: false,
    columns: 0,
    rows: 0,
    verbose: true,
    out,
    err: out,
    now: Date.now,
  });
}
