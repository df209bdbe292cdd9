import type { KubeClient } from "../kube/kube-client.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { RunState } from "./run-state.ts";

/** Kinds whose pods are made anew when their template changes. */
const RESTARTABLE: readonly string[] = ["Deployment", "StatefulSet", "DaemonSet"];

/** What `kubectl rollout restart` sets (kubernetes/kubectl, pkg/polymorphichelpers/objectrestarter.go). */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

/**
 * Notes the pod templates of workloads, before they may change.
 * @returns what makes the pods anew of those whose template has not changed by then
 */
export async function restartWorkloads(
  run: RunState,
  objects: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const workloads = objects.filter(({ kind }) => RESTARTABLE.includes(kind));
  const templates = new Map(
    await Promise.all(workloads.map(async (ref) => [ref, await templateOf(run, ref, signal)] as const)),
  );
  return async () => {
    await run.beforeEffect(signal);
    await Promise.all(
      workloads.map(async (ref) => {
        const before = templates.get(ref) ?? null;
        if (before === null || (await templateOf(run, ref, signal)) !== before) return;
        await restartWorkload(run.client, ref, signal);
      }),
    );
  };
}

async function templateOf(run: RunState, ref: ObjectRef, signal: AbortSignal): Promise<string | null> {
  const object = await run.client.get(ref, signal);
  return object === null ? null : JSON.stringify(object.spec?.["template"]);
}

/** Has a workload make its pods anew, as `kubectl rollout restart` does. */
export async function restartWorkload(client: KubeClient, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const annotations = { [RESTARTED_AT]: new Date().toISOString() };
  await client.mergePatch(ref, { spec: { template: { metadata: { annotations } } } }, signal);
}
