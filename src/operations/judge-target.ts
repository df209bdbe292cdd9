import { meansPodIdentity } from "../kube/pod-identity.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Environment } from "../model/stack.ts";

/** What decides whether a cluster may be touched. */
export interface TargetClaim {
  readonly environment: Environment;
  /** Named by flag or variable; null when it was not. */
  readonly context: string | null;
  /** Whether somebody watches who can be asked. */
  readonly interactive: boolean;
  /** Whether the command changes the cluster. */
  readonly changes: boolean;
  /** Whether no kubeconfig is there and the identity of the pod that we run in is used: that names a cluster too. */
  readonly podIdentity: boolean;
}

/**
 * The context to use: named by hand, or by the environment; null for the kubeconfig's current one.
 * @throws FlotillaError `target-refused` when both are named and differ, or when a change without a terminal names none
 */
export function judgeTarget({ environment, context, interactive, changes, podIdentity }: TargetClaim): string | null {
  if (context !== null && environment.context !== null && context !== environment.context) {
    throw new FlotillaError(
      "target-refused",
      `The context "${context}" is not the one of environment "${environment.name}", which is "${environment.context}".`,
      { hint: "Leave --context (or FLOTILLA_CONTEXT) out, or choose another environment with --environment." },
    );
  }
  const chosen = context ?? environment.context;
  if (chosen === null && changes && !interactive && !podIdentity) {
    throw new FlotillaError("target-refused", "Without a terminal the cluster to change must be named.", {
      hint: "Give --context NAME, or `context:` in the stack file's environment, or --sandbox.",
    });
  }
  return chosen;
}

/** Where a command runs, and what it was told about the cluster. */
export interface TargetCircumstances {
  /** Name of the sandbox; null for a cluster of the kubeconfig. */
  readonly sandbox: string | null;
  readonly kubeconfig: string | null;
  readonly context: string | null;
  readonly interactive: boolean;
}

/** Whether a command that changes the cluster would take its target from here: it is named, or somebody can be asked. */
export async function isNamed(environment: Environment, circumstances: TargetCircumstances): Promise<boolean> {
  const { sandbox, kubeconfig, context, interactive } = circumstances;
  if (sandbox !== null || interactive || context !== null || environment.context !== null) return true;
  return meansPodIdentity(kubeconfig);
}
