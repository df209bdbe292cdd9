import { restartGateway } from "../execute/restart-gateway.ts";
import { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import { type OutdatedProxies, restartCommand } from "../model/proxies.ts";
import type { Release, Stack } from "../model/stack.ts";
import { shared } from "../runtime/abort.ts";
import { thisProcess } from "../runtime/process-identity.ts";
import { awaitRunLock } from "../state/await-lock.ts";
import { lockWait } from "./await-lock.ts";
import type { Cluster } from "./connect-cluster.ts";
import { readOutdatedProxies } from "./read-proxies.ts";
import { newRunId } from "./run-id.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** A gateway of the stack with an outdated proxy. */
interface OutdatedGateway {
  readonly release: Release;
  readonly proxies: OutdatedProxies;
}

/**
 * Makes the pods of the stack's gateways anew whose proxies are of another version than their istiod, one gateway after
 * the other, as their PodDisruptionBudgets allow, under the stack's lock. @returns how many there were
 * @throws FlotillaError `run-locked`; `timeout` or `run-failed` when one does not get ready again
 */
export const restartGateways = withoutSecrets(restart);

async function restart(
  stack: Stack,
  { client }: Cluster,
  { waitForLockMs = 0 }: { readonly waitForLockMs?: number },
  context: RunContext,
): Promise<number> {
  const gateways = await outdatedGateways(stack, client, context.signal);
  if (gateways.length === 0) return 0;
  const place = { namespace: stack.stateNamespace, stack: stack.name };
  const owner = await thisProcess(newRunId(new Date()));
  const lock = await awaitRunLock(client, place, owner, lockWait(waitForLockMs, context), context.signal);
  const watch = new WatchCache(client);
  try {
    const signal = shared(AbortSignal.any([context.signal, lock.lost]));
    for (const gateway of gateways) await restartOne(gateway, { client, watch }, { ...context, signal });
  } finally {
    watch.close();
    await lock.release();
  }
  return gateways.length;
}

/** Says how proxies are brought to the version of their control plane; nothing when they have it. */
export const warnOfOutdatedProxies = withoutSecrets(warn);

async function warn(stack: Stack, { client }: Cluster, context: RunContext): Promise<void> {
  const namespaces = stack.namespaces.map(({ name }) => name);
  for (const proxies of await readOutdatedProxies(client, namespaces, context.signal)) {
    const { namespace, kind, name, version, controlPlane } = proxies;
    context.emit({
      type: "notice",
      level: "warning",
      message: `The proxies of ${kind} ${namespace}/${name} are of Istio ${version}, their istiod of ${controlPlane}.`,
      hint: `${restartCommand(proxies)}; or, for the stack's gateways, flotilla up --restart-gateways`,
    });
  }
}

async function outdatedGateways(
  { releases }: Stack,
  client: Cluster["client"],
  signal: AbortSignal,
): Promise<readonly OutdatedGateway[]> {
  const gateways = releases.filter(({ role }) => role?.endsWith("-gateway"));
  const namespaces = gateways.map(({ namespace }) => namespace);
  const outdated = await readOutdatedProxies(client, namespaces, signal);
  return gateways.flatMap((release) =>
    outdated
      // The gateway chart names its Deployment, or DaemonSet, after the release.
      .filter(({ namespace, name }) => namespace === release.namespace && name === nameOf(release))
      .map((proxies) => ({ release, proxies })),
  );
}

function nameOf({ name, values }: Release): string {
  const own = values["name"];
  return typeof own === "string" && own !== "" ? own : name;
}

async function restartOne(
  { release, proxies }: OutdatedGateway,
  tools: { readonly client: Cluster["client"]; readonly watch: WatchCache },
  { signal, emit }: RunContext,
): Promise<void> {
  const { namespace, kind, name, version, controlPlane } = proxies;
  const task = `restart/${release.name}`;
  const begun = performance.now();
  const finished = (outcome: "done" | "failed", detail: string): void =>
    emit({ type: "task-finished", task, outcome, detail, durationMs: Math.round(performance.now() - begun) });
  emit({ type: "task-started", task, title: `Restarting ${release.name}: from Istio ${version} to ${controlPlane}` });
  try {
    await restartGateway(
      { apiVersion: "apps/v1", kind, namespace, name },
      {
        ...tools,
        timeoutMs: release.wait.timeoutMs,
        onProgress: ({ awaiting }) => emit({ type: "task-progress", task, detail: awaiting.join(", ") }),
      },
      signal,
    );
    finished("done", `${kind} ${name} is ready`);
  } catch (error) {
    finished("failed", `${kind} ${name} is not ready`);
    throw error;
  }
}
