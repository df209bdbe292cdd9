import { readFile, readlink } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import type { RunOwner } from "../model/observed.ts";
import { runProcess } from "./process.ts";

/**
 * When a process started, in a form that is only good for comparing: a pid that is used again has another one.
 * Null when there is no such process. Linux: boot id and start tick of /proc (proc_pid_stat(5)); elsewhere `ps`.
 */
export async function processStarted(pid: number): Promise<string | null> {
  if (process.platform === "linux") return linuxProcessStarted(pid);
  // `lstart` is printed in the reader's own language and time zone.
  const env = { LC_ALL: "C", TZ: "UTC" };
  const result = await runProcess("ps", ["-o", "lstart=", "-p", String(pid)], { env });
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
  return { run, host: hostname(), pid: process.pid, processStarted: (await startedHere(process.pid)) ?? "" };
}

/** Who runs this process; the number of a user who has no name, as in containers. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}

/**
 * Whether the process behind an owner still lives; `elsewhere` when it ran where we cannot look: on another host, or in
 * a container or on a machine that happens to have our host's name.
 * @param reach where owners come from. `machine`: from a file here, so another boot is an earlier one and its processes
 * are dead; `cluster`: from anywhere, so another boot may be another machine
 */
export async function isAlive(
  owner: RunOwner,
  reach: "machine" | "cluster" = "machine",
): Promise<boolean | "elsewhere"> {
  if (owner.host !== hostname()) return "elsewhere";
  const [there, here] = [placeOf(owner.processStarted), placeOf((await startedHere(process.pid)) ?? "")];
  if (there.boot !== here.boot) return reach === "cluster" ? "elsewhere" : false;
  if (there.namespace !== here.namespace) return "elsewhere";
  return (await startedHere(owner.pid)) === owner.processStarted;
}

/** When a process started, with the pid namespace (pid_namespaces(7)) in which its number counts. */
async function startedHere(pid: number): Promise<string | null> {
  const started = await processStarted(pid);
  if (started === null || process.platform !== "linux") return started;
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "unknown");
  return `${namespace}/${started}`;
}

/** Where a process started; no names where the system has none (`ps` prints a time alone). */
function placeOf(started: string): { readonly namespace: string | undefined; readonly boot: string | undefined } {
  const [namespace, boot] = started.split("/").slice(0, -1);
  return { namespace, boot };
}
