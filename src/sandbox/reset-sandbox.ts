import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { sandboxCommand } from "../model/sandbox-command.ts";
import { pause, withDeadline } from "../runtime/abort.ts";
import { withFileLock } from "../runtime/file-lock.ts";
import { asTask } from "../tools/task.ts";
import { type SandboxApi, openApi } from "./api-client.ts";
import { NODE_NAMES } from "./base-objects.ts";
import { isAtBaseline, operationsBackTo } from "./baseline-difference.ts";
import { readBaseline } from "./etcd-baseline.ts";
import { readRegistry, transact } from "./etcd-client.ts";
import { readSandbox } from "./read-sandbox.ts";
import { type SandboxPaths, sandboxPaths } from "./sandbox-paths.ts";
import { type SandboxRecord, readRecord } from "./sandbox-record.ts";

/** How long the cluster may take to come to rest, in milliseconds. */
const REST_DEADLINE_MS = 30_000;

/** The cluster counts as at rest when nothing new was written for this long, in milliseconds. */
const QUIET_MS = 60;

/**
 * Empties a running sandbox: everything goes that was not there when it was new, whatever its finalizers, and what was
 * changed is put back. Done in etcd, in one transaction: controllers see it through their watches, and there is no kind
 * of object that could be forgotten. What a controller still had in hand is removed as well, until nothing more comes.
 * @throws FlotillaError `sandbox-missing` when it does not run, `sandbox-failed` when it does not come to rest,
 *   `interrupted` (or the signal's reason) on abort
 */
export async function resetSandbox(name: string, context: RunContext): Promise<void> {
  const paths = sandboxPaths(name);
  await asTask(context, "sandbox-reset", `Emptying the sandbox "${name}"`, (tell) =>
    withFileLock(paths.lock, () => reset(name, paths, context.signal), {
      signal: context.signal,
      onWait: (owner) => tell(`waiting for ${owner}, which is working on it`),
    }),
  );
}

async function reset(name: string, paths: SandboxPaths, signal: AbortSignal): Promise<void> {
  const { state, problems } = await readSandbox(name);
  const record = await readRecord(paths.record);
  if (state !== "running" || record === null) {
    throw new FlotillaError("sandbox-missing", `The sandbox "${name}" is ${state}. ${problems.join(" ")}`.trim(), {
      hint: `Run \`${sandboxCommand("up", name)}\` first.`,
    });
  }
  const deadline = withDeadline(signal, REST_DEADLINE_MS, () => restless(name));
  try {
    await backToBaseline(paths, record, deadline.signal);
    const api = await openApi(paths, record.ports.apiServer);
    try {
      await Promise.all([renewHeartbeats(api), awaitDiscovery(api, deadline.signal)]);
    } finally {
      api.close();
    }
  } finally {
    deadline.clear();
  }
}

async function backToBaseline(paths: SandboxPaths, record: SandboxRecord, signal: AbortSignal): Promise<void> {
  const { etcd } = record.ports;
  const baseline = await readBaseline(paths);
  await transact(etcd, operationsBackTo(baseline, await readRegistry(etcd, true, signal)), signal);
  for (let quiet = false; ;) {
    await pause(QUIET_MS, signal);
    const current = await readRegistry(etcd, true, signal);
    if (!isAtBaseline(baseline, current)) {
      await transact(etcd, operationsBackTo(baseline, current), signal);
      quiet = false;
    } else if (quiet) return;
    else quiet = true;
  }
}

/**
 * The nodes are put back with the heartbeats of their first minute, and kwok's own next one is put off by every change:
 * after 200 s of frequent resets the controller manager would take the nodes for dead. So they get one now.
 */
async function renewHeartbeats(api: SandboxApi): Promise<void> {
  const conditions = [{ type: "Ready", lastHeartbeatTime: new Date().toISOString().replace(/\.\d+Z$/, "Z") }];
  await Promise.all(
    NODE_NAMES.map((name) => api.call("PATCH", `/api/v1/nodes/${name}/status`, { status: { conditions } })),
  );
}

/** The API server forgets the groups of removed CRDs a moment later; until then a fresh start would find them. */
async function awaitDiscovery(api: SandboxApi, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [groups, services] = await Promise.all([
      api.call("GET", "/apis"),
      api.call("GET", "/apis/apiregistration.k8s.io/v1/apiservices"),
    ]);
    if (groups.status === 200 && services.status === 200 && sameGroups(groups.body, services.body)) return;
    await pause(QUIET_MS, signal);
  }
}

interface GroupList {
  readonly groups: readonly { readonly name: string }[];
}

interface ServiceList {
  readonly items: readonly { readonly spec: { readonly group?: string } }[];
}

/** Every group that is served has an APIService; those of the core group and the aggregator have none to look for. */
function sameGroups(groups: string, services: string): boolean {
  const served = (JSON.parse(groups) as GroupList).groups.map((group) => group.name);
  const registered = new Set((JSON.parse(services) as ServiceList).items.map((item) => item.spec.group ?? ""));
  return served.every((group) => registered.has(group) || group === "apiregistration.k8s.io");
}

function restless(name: string): FlotillaError {
  return new FlotillaError("sandbox-failed", `The sandbox "${name}" did not come to rest within 30 s.`, {
    hint: "Something outside keeps writing to it: end that, or run `flotilla sandbox down`, then `up`.",
  });
}
