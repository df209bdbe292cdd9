import { createInterface } from "node:readline";
import { execa } from "execa";
import { FlotillaError } from "../model/errors.ts";
import { abortError, throwIfAborted } from "./abort.ts";

/** How a child process is run. */
export interface ProcessOptions {
  /** Written to its standard input, which is then closed; without it the input is empty. */
  readonly input?: string;
  /** Working directory; ours when absent. */
  readonly cwd?: string;
  /** Added to our environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the child when aborted. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the child gets between SIGTERM and SIGKILL after an abort; 10,000 by default. */
  readonly graceMs?: number;
  /** Called with each line of its standard output, without the line's end. */
  readonly onStdoutLine?: (line: string) => void;
  /** Called with each line of its standard error, without the line's end. */
  readonly onStderrLine?: (line: string) => void;
}

/** How a child process ended. */
export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * Becomes the program, after leaving a watcher behind in the same process group. The watcher's input is a pipe that
 * ends when flotilla ends, however it ends; it then kills the group. While the watcher lives the kernel cannot give the
 * group's number to anybody else, so the kill never hits a stranger. It outlives the SIGTERM that an abort sends to the
 * group: a child that takes its time to end still dies with us. The substitution waits until the watcher has let go of
 * its output, and so is deaf to signals: the program does not start without it.
 */
const GUARD =
  ': "$( ( trap "" TERM HUP; exec </dev/null >/dev/null 2>&1; read -r _ <&3; kill -s KILL -- -$$ ) & )"; exec "$@" 3<&-';

/** The descriptor of the guard's pipe in the child. */
const GUARD_FD = 3;

/**
 * Runs a program to its end, without a shell between. The child, with all it starts in its process group, dies with us,
 * SIGKILL included.
 * @returns also for exit codes other than 0: what they mean is the caller's to say
 * @throws FlotillaError `tool-missing` when the program cannot be started, `interrupted` (or the signal's reason) on abort
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  if (options.signal) throwIfAborted(options.signal);
  const startedAt = performance.now();
  const child = execa("/bin/sh", ["-c", GUARD, "flotilla-guard", file, ...args], {
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe", "pipe"],
    buffer: { fd1: true, fd2: true, fd3: false },
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
  });
  const endGuard = (): void => void child.stdio[GUARD_FD]?.destroy();
  child.once("exit", endGuard);
  const stopWatching = options.signal ? endOnAbort(child.pid, options.signal, options.graceMs ?? 10_000) : null;
  try {
    const [result] = await Promise.all([
      child,
      followLines(child.stdout, options.onStdoutLine),
      followLines(child.stderr, options.onStderrLine),
    ]);
    if (options.signal?.aborted) throw abortError(options.signal);
    if (result.exitCode === undefined && result.signal === undefined) throw startError(file, result.cause);
    // What the shell itself answers when it cannot execute the program (POSIX, 2.8.2).
    if (
      (result.exitCode === 127 || result.exitCode === 126) &&
      result.stdout === "" &&
      /^flotilla-guard:/m.test(result.stderr)
    ) {
      throw startError(file, result.stderr.trim());
    }
    return {
      exitCode: result.exitCode ?? null,
      stdout: result.stdout ?? "",
      stderr: result.stderr ?? "",
      durationMs: performance.now() - startedAt,
    };
  } finally {
    stopWatching?.();
    endGuard();
  }
}

/**
 * Runs a program that has the terminal for itself, such as a pager: it gets a text to read, and Ctrl-C. Its user ends it.
 * @returns its exit code; null when a signal ended it
 */
export async function spawnAttached(
  file: string,
  args: readonly string[],
  { input, env }: Required<Pick<ProcessOptions, "input" | "env">>,
): Promise<number | null> {
  const child = await execa(file, [...args], {
    input,
    env: { ...env },
    stdio: ["pipe", "inherit", "inherit"],
    reject: false,
  });
  return child.exitCode ?? null;
}

/** Ends the child's group on abort: politely first, so that helm can write down what it was doing. */
function endOnAbort(pid: number | undefined, signal: AbortSignal, graceMs: number): () => void {
  if (pid === undefined) return () => {};
  let killTimer: NodeJS.Timeout | null = null;
  const end = (): void => {
    signalGroup(pid, "SIGTERM");
    killTimer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  return () => {
    signal.removeEventListener("abort", end);
    if (killTimer) clearTimeout(killTimer);
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** Hands a stream's lines on as they come; resolves at its end. */
async function followLines(stream: NodeJS.ReadableStream, onLine: ((line: string) => void) | undefined): Promise<void> {
  if (!onLine) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}

function startError(file: string, why: unknown): FlotillaError {
  return new FlotillaError("tool-missing", `${file} cannot be started.`, {
    hint: "Check that the file exists and may be executed.",
    cause: why,
  });
}
