import { isInjector } from "../gates/istiod-webhooks.ts";
import { controllersAmong, missedPods } from "../gates/missed-injection.ts";
import { waitingContainers } from "../gates/injection-probe.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type ClusterView, POD } from "../readiness/cluster-view.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import type { RunState } from "./run-state.ts";
import { warnOnce } from "./warn-once.ts";

const INJECTOR = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" } as const;

/**
 * Pods of a release that missed their injection. Only where the cluster has an injector: without one `auto` is as good
 * as any other image (the sandbox).
 */
export function podsWithoutProxy(targets: readonly ObjectRef[], view: ClusterView): readonly KubeObject[] {
  const controllers = controllersAmong(targets);
  if (controllers.length === 0 || !(view.list(INJECTOR, null) ?? []).some(isInjector)) return [];
  return controllers.flatMap((ref) => {
    const workload = view.get(ref);
    if (workload === null || workload === "forbidden") return [];
    return missedPods([workload], view.list(POD, ref.namespace) ?? []);
  });
}

/**
 * Has pods that missed their injection go, so that their controller makes them anew.
 * @throws DiagnosedError `injection-missed` when that is switched off or not possible
 */
export async function replaceMissedPods(
  run: RunState,
  release: string,
  pods: readonly KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  if (!run.repairInjection) throw injectionMissed(pods, "istio.repairInjection is false");
  for (const pod of pods) {
    const why = `Pod ${pod.metadata.name} of release ${release} was made before Istio's injection answered`;
    await run.beforeEffect(signal);
    try {
      await run.client.evict(refOf(pod), signal);
    } catch (error) {
      if (!(error instanceof FlotillaError) || signal.aborted) throw error;
      throw injectionMissed(pods, error.message);
    }
    warnOnce(run, `${why}; it is replaced.`, null);
  }
}

/** The failure that names pods without their proxy. */
export function injectionMissed(pods: readonly KubeObject[], why: string): DiagnosedError {
  const diagnosis = pods.map((pod): Diagnosis => {
    const { name, namespace = "" } = pod.metadata;
    const container = waitingContainers(pod)[0] ?? "";
    return {
      code: "injection-missed",
      severity: "error",
      object: refOf(pod),
      message: `Pod ${name} missed its injection: container ${container} still has the image "auto", and will never get another.`,
      hint: `Delete it once istiod answers, its controller makes it anew: kubectl delete pod ${name} --namespace ${namespace}`,
      since: pod.metadata.creationTimestamp ?? null,
      evidence: [why],
    };
  });
  return new DiagnosedError("run-failed", "It cannot get ready", diagnosis);
}

function refOf({ metadata }: KubeObject): ObjectRef {
  return { ...POD, namespace: metadata.namespace ?? null, name: metadata.name };
}
