import { createWriteStream, openSync } from "node:fs";
import type { RunContext } from "../model/context.ts";
import type { RunEvent } from "../model/events.ts";
import { FlotillaError } from "../model/errors.ts";
import { formatError } from "../report/errors.ts";
import { createReporter, type Reporter } from "../report/reporter.ts";
import { withDeadline } from "../runtime/abort.ts";
import { formatDuration } from "../model/durations.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { maskOutput } from "./mask-output.ts";
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
  maskOutput(process.stdout, options.output === "text" ? "text" : "json");
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
  let log: Reporter | null = null;
  try {
    log = openLog(options.logFile);
  } catch (error) {
    await reporter.error(error);
    return exitCodeOf(error);
  }
  const reporters = log === null ? [reporter] : [reporter, log];
  const interrupt = onInterrupt();
  const deadline = options.timeout === undefined ? null : wholeRun(interrupt.signal, options.timeout);
  const emit = (event: RunEvent): void => {
    for (const each of reporters) each.emit(event);
  };
  let exitCode: ExitCode;
  let told = "";
  try {
    const run = await load();
    const signal = deadline?.signal ?? interrupt.signal;
    exitCode = await run({
      options,
      reporter,
      color,
      interactive: terminal && Boolean(process.stdin.isTTY),
      signal,
      emit,
    });
  } catch (error) {
    exitCode = exitCodeOf(error);
    told = formatError(error, { color: false, verbose: false });
    // What cannot be written comes up again at the end.
    await Promise.allSettled(reporters.map((each) => each.error(error)));
  }
  deadline?.clear();
  interrupt.dispose();
  return finish(reporters, exitCode, told);
}

/** Ends the output; a result that was lost is no success. */
async function finish(reporters: readonly Reporter[], exitCode: ExitCode, told: string): Promise<ExitCode> {
  const endings = await Promise.allSettled(reporters.map((each) => each.finish()));
  const faults = endings.filter((ending) => ending.status === "rejected").map(({ reason }): unknown => reason);
  // Not through the reporter: its own output may be what is broken.
  const texts = new Set(faults.map((fault) => formatError(fault, { color: false, verbose: false })));
  for (const text of texts) if (text !== told) process.stderr.write(text);
  return faults.length > 0 && exitCode === EXIT.done ? exitCodeOf(faults[0]) : exitCode;
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

/** Before the command runs: afterwards it would be too late to say that nothing is logged. */
function openLogFile(file: string): number {
  try {
    return openSync(file, "w", 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlotillaError("usage", `The log file ${file} cannot be written: ${reason}.`, {
      hint: "Name a file in a folder that exists and is yours to write (--log-file, FLOTILLA_LOG_FILE).",
      cause: error,
    });
  }
}

function openLog(file: string | undefined): Reporter | null {
  if (file === undefined) return null;
  const out = createWriteStream(file, { fd: openLogFile(file) });
  maskOutput(out, "json");
  return createReporter({
    format: "ndjson",
    color: false,
    interactive: false,
    columns: 0,
    rows: 0,
    verbose: true,
    out,
    err: out,
    file: `the log file ${file}`,
    now: Date.now,
  });
}
