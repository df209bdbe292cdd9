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
    if (revision === null && (await isOnItsWayOut(namespace, client, signal))) continue;
    throw new FlotillaError(
      "plan-stale",
      `Release ${name} in namespace ${namespace} is at revision ${found ?? "none"}; the plan was made for ${revision ?? "none"}.`,
      { hint: "Somebody changed it since the plan was made. Run the command again." },
    );
  }
}

/** What lies in such a namespace goes with it, and the plan is made for the time after that. */
async function isOnItsWayOut(name: string, client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    const namespace = await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal);
    return namespace?.metadata.deletionTimestamp !== undefined;
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "forbidden") return false;
    throw error;
  }
}
