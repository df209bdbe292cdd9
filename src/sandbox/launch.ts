import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FlotillaError } from "../model/errors.ts";
import { sandboxCommand } from "../model/sandbox-command.ts";
import { pause, withDeadline } from "../runtime/abort.ts";
import { writeFileAtomic } from "../runtime/files.ts";
import { awaitCluster } from "./await-cluster.ts";
import { COMPONENTS, findComponents, killComponents } from "./component-processes.ts";
import { type SandboxTools, kwokConfiguration } from "./configuration.ts";
import { writeBaseline } from "./etcd-baseline.ts";
import { writeKubeconfig } from "./kubeconfig-file.ts";
import { createCluster } from "./kwokctl.ts";
import type { SandboxPaths } from "./sandbox-paths.ts";
import { type SandboxRecord, writeRecord } from "./sandbox-record.ts";

/** How long a sandbox may take to come up, in milliseconds; on a free machine it is two to three seconds. */
const START_DEADLINE_MS = 90_000;

/** How often processes that should be starting are looked at, in milliseconds. */
const WATCH_MS = 500;

/**
 * How often a sandbox is started when one of its programs ends by itself: kwok 0.8 does now and then where there are nodes
 * from before (await-cluster.ts), and so does a controller manager that waits too long for its API server on a busy machine.
 */
const STARTS = 2;

/** What is to be launched. */
export interface Launch {
  readonly paths: SandboxPaths;
  readonly tools: SandboxTools;
  /** Written already; its phase says whether certificates and data of the last time are kept. */
  readonly record: SandboxRecord;
  readonly signal: AbortSignal;
}

/**
 * Starts all of a sandbox's processes and waits until it can be used. Nothing of it may run before; when this fails,
 * nothing of it runs on.
 * @returns the record as it is now written
 * @throws FlotillaError `sandbox-failed`, or `interrupted` (or the signal's reason) on abort
 */
export async function launch(launched: Launch): Promise<SandboxRecord> {
  for (let start = 1; ; start += 1) {
    try {
      return await launchOnce(launched);
    } catch (error) {
      if (!(error instanceof ComponentDied) || start === STARTS) throw error;
    }
  }
}

async function launchOnce({ paths, tools, record, signal }: Launch): Promise<SandboxRecord> {
  const { ports, phase } = record;
  await clearDirectory(paths, phase === "restarting");
  await writeFileAtomic(paths.configuration, await kwokConfiguration(tools, ports), 0o600);
  try {
    const kubernetesVersion = await startAndAwait(tools.kwokctl, paths, ports, signal);
    if (phase === "creating") await writeBaseline(paths.baseline, ports.etcd, signal);
    await writeKubeconfig(record.name, paths, ports);
    const processes = await findComponents(paths.programs);
    // One that the cluster can do without for a moment is not missed by the wait.
    const dead = COMPONENTS.find((component) => processes.every((one) => one.component !== component));
    if (dead !== undefined) throw await componentDied(paths, dead);
    const ready: SandboxRecord = { ...record, phase: "ready", processes, kubernetesVersion };
    await writeRecord(paths.record, ready);
    return ready;
  } catch (error) {
    await killComponents(paths.programs);
    throw error;
  }
}

/** kwokctl continues a cluster whose configuration is there; we want it written anew, with the ports we chose. */
async function clearDirectory(paths: SandboxPaths, keepData: boolean): Promise<void> {
  if (!keepData) {
    await rm(paths.kwok, { recursive: true, force: true });
    await rm(paths.baseline, { force: true });
    return;
  }
  const kept = new Set([paths.data, paths.certificates]);
  for (const entry of await readdir(paths.cluster)) {
    const path = join(paths.cluster, entry);
    if (!kept.has(path)) await rm(path, { recursive: true, force: true });
  }
}

/** kwokctl, our own wait and the watch over the processes go on side by side; the first that fails ends the others. */
async function startAndAwait(
  kwokctl: string,
  paths: SandboxPaths,
  ports: SandboxRecord["ports"],
  parent: AbortSignal,
): Promise<string> {
  const deadline = withDeadline(parent, START_DEADLINE_MS, () => tooLate());
  const others = new AbortController();
  const signal = AbortSignal.any([deadline.signal, others.signal]);
  const create = createCluster(kwokctl, paths, signal);
  const ready = awaitCluster(paths, ports, signal);
  const death = watchForDeath(paths, signal);
  try {
    const [, version] = await Promise.race([Promise.all([create, ready]), death]);
    return version;
  } catch (error) {
    others.abort(error);
    throw error;
  } finally {
    others.abort();
    deadline.clear();
    await Promise.allSettled([create, ready, death]);
  }
}

/**
 * Rejects when a process that was started is there no longer; never resolves. kwokctl writes a pid file for what it
 * starts; before, it runs the same programs for a moment to ask their versions.
 */
async function watchForDeath(paths: SandboxPaths, signal: AbortSignal): Promise<never> {
  for (;;) {
    await pause(WATCH_MS, signal);
    const started = new Set(await readdir(paths.pids).catch(() => []));
    const living = new Set((await findComponents(paths.programs)).map((one) => one.component));
    const dead = COMPONENTS.find((component) => started.has(`${component}.pid`) && !living.has(component));
    if (dead !== undefined) throw await componentDied(paths, dead);
  }
}

/** A program of a sandbox that ended by itself while the others started. */
class ComponentDied extends FlotillaError {
  constructor(name: string, component: string, last: string) {
    super("sandbox-failed", `The sandbox's ${component} ended while it started:\n${last}`, {
      hint: `Run \`${sandboxCommand("up", name)}\` again; if that does not help, \`${sandboxCommand("down", name)}\` first.`,
    });
    this.name = "ComponentDied";
  }
}

async function componentDied(paths: SandboxPaths, component: string): Promise<ComponentDied> {
  const log = await readFile(join(paths.logs, `${component}.log`), "utf8").catch(() => "");
  return new ComponentDied(paths.name, component, log.trim().split("\n").slice(-3).join("\n"));
}

function tooLate(): FlotillaError {
  return new FlotillaError("sandbox-failed", `The sandbox was not up after ${START_DEADLINE_MS / 1000} s.`, {
    hint: "Look whether the machine is busy or short of memory (a sandbox needs about 700 MB).",
  });
}
