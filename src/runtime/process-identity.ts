import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { RunOwner } from "../model/observed.ts";
import { runProcess } from "./process.ts";

/**
 * When a process started, in a form that is only good for comparing: a pid that is used again has another one.
 * Null when there is no such process. Linux: boot id and start tick of /proc (proc_pid_stat(5)); elsewhere `ps`.
 */
export async function processStarted(pid: number): Promise<string | null> {
  if (process.platform === "linux") return linuxProcessStarted(pid);
  const result = await runProcess("ps", ["-o", "lstart=", "-p", String(pid)]);
  return result.stdout.trim() || null;
}

async function linuxProcessStarted(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold anything; the fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTick] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || startTick === undefined) return null;
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return `${boot.trim()}/${startTick}`;
  } catch {
    return null;
  }
}

/** This process, as the owner of a run. */
export async function thisProcess(run: string): Promise<RunOwner> {
  return { run, host: hostname(), pid: process.pid, processStarted: (await processStarted(process.pid)) ?? "" };
}

/** Whether the process behind an owner still lives; `elsewhere` when it ran on another host and we cannot know. */
export async function isAlive(owner: RunOwner): Promise<boolean | "elsewhere"> {
  if (owner.host !== hostname()) return "elsewhere";
  return (await processStarted(owner.pid)) === owner.processStarted;
}
