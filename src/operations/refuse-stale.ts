import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/**
 * Looks whether somebody has changed a release between the plan and the lock.
 * @throws FlotillaError `plan-stale`
 */
export async function refuseStale(plan: Plan, client: KubeClient, signal: AbortSignal): Promise<void> {
  const steps = plan.steps.flatMap((step) => (step.kind === "release" ? [step] : []));
  const observed = await observeNamespaces(
    client,
    steps.map(({ namespace }) => namespace),
    signal,
  );
  for (const { release: name, namespace, revision } of steps) {
    const found = findRelease(observed, { name, namespace })?.revision ?? null;
    if (found === revision) continue;
    throw new FlotillaError(
      "plan-stale",
      `Release ${name} in namespace ${namespace} is at revision ${found ?? "none"}; the plan was made for ${revision ?? "none"}.`,
      { hint: "Somebody changed it since the plan was made. Run the command again." },
    );
  }
}
