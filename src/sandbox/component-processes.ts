import { readFile, readdir } from "node:fs/promises";
import { basename, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FlotillaError } from "../model/errors.ts";
import { processStarted } from "../runtime/process-identity.ts";
import { runProcess } from "../runtime/process.ts";

/** The programs that make up a sandbox, by the names kwokctl gives them. */
export const COMPONENTS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok-controller",
] as const;

/** A process of a sandbox. */
export interface ComponentProcess {
  /** One of {@link COMPONENTS}. */
  readonly component: string;
  readonly pid: number;
  /** Tells a pid that is used again apart (`runtime/process-identity.ts`). */
  readonly started: string;
}

/** How long killed processes may take to be gone, in milliseconds. */
const KILL_DEADLINE_MS = 10_000;

/**
 * The processes that were started by a path below `programs`: found by looking at all processes rather than at pid
 * files, so that neither a process whose pid was never written down is missed nor a stranger with a used pid is met.
 */
export async function findComponents(programs: string): Promise<ComponentProcess[]> {
  const all = process.platform === "linux" ? await linuxPrograms() : await listedPrograms();
  const below = programs + sep;
  const found: ComponentProcess[] = [];
  for (const { pid, command } of all) {
    if (!command.startsWith(below)) continue;
    const component = basename(command.slice(below.length).split(" ")[0] ?? "");
    const started = await processStarted(pid);
    if (started !== null) found.push({ component, pid, started });
  }
  return found;
}

/** The components of a list whose process is no longer the one that was recorded. */
export async function deadComponents(recorded: readonly ComponentProcess[]): Promise<string[]> {
  const alive = new Set((await living(recorded)).map((one) => one.component));
  return COMPONENTS.filter((component) => !alive.has(component));
}

/**
 * Kills every process of a sandbox and waits until they are gone. Nothing is lost: etcd writes its log ahead.
 * @returns how many there were
 * @throws FlotillaError `sandbox-failed` when one does not go
 */
export async function killComponents(programs: string): Promise<number> {
  const deadline = performance.now() + KILL_DEADLINE_MS;
  let killed: ComponentProcess[] = [];
  for (;;) {
    const found = await findComponents(programs);
    killed = [...killed, ...found.filter((one) => !killed.some(({ pid }) => pid === one.pid))];
    // A process that is ending loses its command line first: its pid has to be gone too.
    const left = await living(killed);
    if (left.length === 0) return killed.length;
    if (performance.now() > deadline) throw stubborn(left);
    for (const { pid } of found) kill(pid);
    await sleep(10);
  }
}

async function living(processes: readonly ComponentProcess[]): Promise<ComponentProcess[]> {
  const alive = await Promise.all(processes.map(async (one) => (await processStarted(one.pid)) === one.started));
  return processes.filter((_, index) => alive[index]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself; if it may not be killed, the deadline says so.
  }
}

function stubborn(left: readonly ComponentProcess[]): FlotillaError {
  const names = left.map((one) => `${one.component} (pid ${one.pid})`).join(", ");
  return new FlotillaError("sandbox-failed", `Processes of the sandbox cannot be ended: ${names}.`, {
    hint: "End them by hand, then try again.",
  });
}

interface Program {
  readonly pid: number;
  /** The path it was started by, maybe with its arguments behind. */
  readonly command: string;
}

async function linuxPrograms(): Promise<Program[]> {
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const programs = await Promise.all(
    pids.map(async (pid) => {
      // A process that has ended by now has no command line.
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return { pid: Number(pid), command: line.split("\0")[0] ?? "" };
    }),
  );
  return programs;
}

async function listedPrograms(): Promise<Program[]> {
  const { stdout } = await runProcess("ps", ["-axww", "-o", "pid=,command="]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid === undefined || command === undefined ? [] : [{ pid: Number(pid), command }];
  });
}
