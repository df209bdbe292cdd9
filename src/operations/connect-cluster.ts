import { checkStorageDriver } from "../helm/helm-environment.ts";
import type { HelmTarget } from "../helm/helm.ts";
import { connect } from "../kube/connect.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { meansPodIdentity } from "../kube/pod-identity.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Stack } from "../model/stack.ts";
import { contradictionOf } from "../preflight/check-platform.ts";
import { platformOf } from "../preflight/platform-of-nodes.ts";
import { startSandbox } from "../sandbox/start-sandbox.ts";
import { judgeTarget } from "./judge-target.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Which cluster is meant. */
export interface ClusterOptions {
  /** Name of the sandbox to use; it is started when it is not up. Null: a cluster of the kubeconfig. */
  readonly sandbox: string | null;
  /** Path; null for `KUBECONFIG` or the default. */
  readonly kubeconfig: string | null;
  /** Named by flag or variable. */
  readonly context: string | null;
  readonly interactive: boolean;
  /** Whether the command changes the cluster: then it must be named where nobody can be asked. */
  readonly changes: boolean;
}

/** A cluster that answers. Close it when done. */
export interface Cluster {
  readonly client: KubeClient;
  readonly helmTarget: HelmTarget;
  readonly context: string;
  /** As the API server says it: `v1.36.3`. */
  readonly kubernetesVersion: string;
  /** What the last plan has looked at: a run that follows at once, and changes nothing, need not look again. */
  readonly looks?: { latest: WatchCache | null };
}

/**
 * Connects to the cluster that a command means. One that is to be changed must run on what the environment's profile says.
 * @throws FlotillaError `helm-unsupported` when Helm keeps its releases elsewhere than in Secrets (`HELM_DRIVER`);
 * `target-refused`, `context-unknown`, `cluster-unreachable`, `cluster-unauthorized`
 */
export const connectCluster = withoutSecrets(connectTo);

async function connectTo(stack: Stack, options: ClusterOptions, context: RunContext): Promise<Cluster> {
  // Whatever a command does, it goes by what Helm has stored; with another store all releases would seem to be gone.
  checkStorageDriver(process.env["HELM_DRIVER"]);
  const target = await chooseTarget(stack, options, context);
  const client = await connect(target, { signal: context.signal });
  try {
    return await meet(client, target, stack, options, context);
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Asks a cluster who it is, and refuses one that is not what the environment says. */
async function meet(
  client: KubeClient,
  target: HelmTarget,
  stack: Stack,
  options: ClusterOptions,
  context: RunContext,
): Promise<Cluster> {
  // Asked at the same time: whether this is the cluster that is meant costs no round trip.
  const looks = options.changes && options.sandbox === null && stack.environment.profile !== null;
  const [kubernetesVersion, nodes] = await Promise.all([
    client.version(context.signal),
    looks ? someNodes(client, context.signal) : null,
  ]);
  const cluster: Cluster = {
    client,
    helmTarget: client.inCluster
      ? { kubeconfig: null, context: null }
      : { ...target, context: client.context, usesPlugin: client.usesPlugin },
    context: client.context,
    kubernetesVersion,
    looks: { latest: null },
  };
  if (nodes !== null) refuseOtherPlatform(stack, cluster, nodes);
  return cluster;
}

/** So many nodes tell a platform well enough. */
const SOME_NODES = 5;

/** None where we may not see them: the API server's version may tell the platform all the same. */
async function someNodes(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  try {
    return (await client.list({ apiVersion: "v1", kind: "Node" }, null, { atMost: SOME_NODES }, signal)).items;
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "forbidden") return [];
    throw error;
  }
}

function refuseOtherPlatform(stack: Stack, cluster: Cluster, nodes: readonly KubeObject[]): void {
  const platform = platformOf(cluster.kubernetesVersion, nodes);
  const contradiction = contradictionOf(stack.environment, cluster, platform);
  if (contradiction === null) return;
  throw new FlotillaError("target-refused", contradiction.message, { hint: contradiction.hint });
}

async function chooseTarget(stack: Stack, options: ClusterOptions, context: RunContext): Promise<HelmTarget> {
  if (options.sandbox !== null) {
    const sandbox = await startSandbox(options.sandbox, context);
    return { kubeconfig: sandbox.kubeconfig, context: sandbox.context };
  }
  return {
    kubeconfig: options.kubeconfig,
    context: judgeTarget({
      ...options,
      environment: stack.environment,
      podIdentity: options.changes && !options.interactive && (await meansPodIdentity(options.kubeconfig)),
    }),
  };
}
