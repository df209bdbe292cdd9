import { asObject } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { fitsSelector } from "../model/label-selector.ts";
import { waitingContainers } from "./injection-probe.ts";

/**
 * Pods of some workloads that were made before injection answered: a container of theirs still has the image `auto`, and
 * will have it for good (istio#46307). Those on their way out do not count.
 * @param workloads whose `spec.selector` says which pods are theirs
 * @param pods of the workloads' namespace
 */
export function missedPods(workloads: readonly KubeObject[], pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      waitingContainers(pod).length > 0 &&
      workloads.some(({ spec }) => isSelected(pod, asObject(spec?.["selector"]))),
  );
}

/** Kinds of workloads whose pods are made anew when they go. */
const CONTROLLERS: readonly string[] = ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"];

/** Those of a release's objects that keep pods. */
export function controllersAmong(targets: readonly ObjectRef[]): readonly ObjectRef[] {
  return targets.filter(({ apiVersion, kind }) => apiVersion === "apps/v1" && CONTROLLERS.includes(kind));
}

/** An empty selector would fit everything; no workload has one. */
function isSelected(pod: KubeObject, selector: ReturnType<typeof asObject>): boolean {
  return Object.keys(selector).length > 0 && fitsSelector(pod.metadata.labels, selector);
}
