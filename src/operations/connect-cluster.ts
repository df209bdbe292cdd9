import type { HelmTarget } from "../helm/helm.ts";
import { connect } from "../kube/connect.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { RunContext } from "../model/context.ts";
import type { Stack } from "../model/stack.ts";
import { startSandbox } from "../sandbox/start-sandbox.ts";
import { judgeTarget } from "./judge-target.ts";

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
}

/**
 * Connects to the cluster that a command means.
 * @throws FlotillaError `target-refused`, `context-unknown`, `cluster-unreachable`, `cluster-unauthorized`
 */
export async function connectCluster(stack: Stack, options: ClusterOptions, context: RunContext): Promise<Cluster> {
  const target = await chooseTarget(stack, options, context);
  const client = await connect(target, { signal: context.signal });
  const kubernetesVersion = await client.version(context.signal);
  return {
    client,
    helmTarget: client.inCluster ? { kubeconfig: null, context: null } : { ...target, context: client.context },
    context: client.context,
    kubernetesVersion,
  };
}

async function chooseTarget(stack: Stack, options: ClusterOptions, context: RunContext): Promise<HelmTarget> {
  if (options.sandbox !== null) {
    const sandbox = await startSandbox(options.sandbox, context);
    return { kubeconfig: sandbox.kubeconfig, context: sandbox.context };
  }
  return {
    kubeconfig: options.kubeconfig,
    context: judgeTarget({ ...options, environment: stack.environment }),
  };
}
