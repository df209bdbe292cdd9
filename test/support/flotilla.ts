import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/runtime/directories.ts";

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** A command that goes on. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly done: Promise<CommandResult>;
}

/** Where and with what a command runs. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** Starts the bundled command line as users do, without a terminal. */
export function startFlotilla(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(packageRoot(), "bin", "flotilla"), ...args], {
    cwd: options.cwd ?? packageRoot(),
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const done = new Promise<CommandResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, durationMs: performance.now() - startedAt }));
  });
  return { child, done };
}

/** Runs a command to its end. */
export function flotilla(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return startFlotilla(args, options).done;
}
