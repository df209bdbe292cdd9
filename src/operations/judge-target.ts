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
}

/**
 * The context to use: named by hand, or by the environment; null for the kubeconfig's current one.
 * @throws FlotillaError `target-refused` when both are named and differ, or when a change without a terminal names none
 */
export function judgeTarget({ environment, context, interactive, changes }: TargetClaim): string | null {
  if (context !== null && environment.context !== null && context !== environment.context) {
    throw new FlotillaError(
      "target-refused",
      `The context "${context}" is not the one of environment "${environment.name}", which is "${environment.context}".`,
      { hint: "Leave --context out, or choose another environment with --environment." },
    );
  }
  const chosen = context ?? environment.context;
  if (chosen === null && changes && !interactive) {
    throw new FlotillaError("target-refused", "Without a terminal the cluster to change must be named.", {
      hint: "Give --context NAME, or `context:` in the stack file's environment, or --sandbox.",
    });
  }
  return chosen;
}
