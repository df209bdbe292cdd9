import { type Cluster, type ClusterOptions, connectCluster } from "../../operations/connect-cluster.ts";
import { helmProvider, type HelmProvider } from "../../operations/choose-helm.ts";
import { loadStack } from "../../operations/load-stack.ts";
import { currentSandboxName, sandboxIstioSource } from "../../operations/sandbox.ts";
import type { Stack } from "../../model/stack.ts";
import type { CommandContext } from "../run-command.ts";

/** What a command may set on its stack, and whether it works with charts. */
export interface StackUse {
  /** `--set release.path=value`, as given. */
  readonly set?: readonly string[] | undefined;
  /** True for commands that fetch charts: only they need to know where Istio's come from. */
  readonly charts?: boolean;
  /** True for commands that look at releases alone, or remove them: charts may be gone by then. */
  readonly withoutCharts?: boolean;
  /** True for commands that work with charts alone: variables need not be set for them. */
  readonly keepUnset?: boolean;
  /** True to read files that were made for another flotilla too. */
  readonly anyVersion?: boolean;
}

/** The stack file that the flags mean. */
export async function openStack(context: CommandContext, use: StackUse = {}): Promise<Stack> {
  const { set = [], charts = false, withoutCharts = false, keepUnset = false, anyVersion = false } = use;
  const { options } = context;
  const sandbox = options.sandbox ?? false;
  const stack = await loadStack(
    {
      file: options.config ?? null,
      environment: options.environment ?? null,
      sandbox,
      set,
      keepUnset,
      anyVersion,
      withoutCharts,
      defaultIstioSource: sandbox && charts ? () => sandboxIstioSource(context) : null,
    },
    context,
  );
  return options.parallel === undefined ? stack : { ...stack, parallel: options.parallel };
}

/** The cluster that the flags mean. */
export function openCluster(context: CommandContext, stack: Stack, changes: boolean): Promise<Cluster> {
  return connectCluster(stack, clusterOptions(context, changes), context);
}

/** What the flags say about the cluster. */
export function clusterOptions({ options, interactive }: CommandContext, changes: boolean): ClusterOptions {
  return {
    sandbox: options.sandbox ? currentSandboxName() : null,
    kubeconfig: options.kubeconfig ?? null,
    context: options.context ?? null,
    interactive,
    changes,
  };
}

/** Which helm to use: `FLOTILLA_HELM`, the path, or (on the sandbox) our own. */
export function openHelm(context: CommandContext): HelmProvider {
  return helmProvider({ helm: process.env["FLOTILLA_HELM"] || null, fetch: context.options.sandbox ?? false }, context);
}
