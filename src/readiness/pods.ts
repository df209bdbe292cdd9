import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { conditionOf, textIn, wordsOf } from "./fields.ts";

/** Whether the pod takes requests (its condition `Ready`). One that is being deleted does not count. */
export function isPodReady(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && conditionOf(pod, "Ready")?.status === "True";
}

/** The pods that an object controls itself, by `ownerReferences`; those on their way out left aside. */
export function podsOwnedBy(owner: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] {
  const { uid } = owner.metadata;
  return pods.filter(({ metadata }) => {
    const owners = asList(metadata["ownerReferences"]).map(asObject);
    const owned = uid !== undefined && owners.some((reference) => reference["uid"] === uid);
    return owned && metadata.deletionTimestamp === undefined;
  });
}

/**
 * Why a pod is not ready, in the cluster's own words: the first container that waits for more than its turn, else that it
 * is not scheduled; null when nothing says why.
 */
export function podTrouble(pod: KubeObject): string | null {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((name) => asList(pod.status?.[name]));
  for (const status of statuses.map(asObject)) {
    const state = asObject(status["state"]);
    const waiting = asObject(state["waiting"]);
    const reason = textIn(waiting, "reason");
    if (reason !== "" && !USUAL.includes(reason)) {
      return `pod ${pod.metadata.name}, container ${textIn(status, "name")}: ${reason}`;
    }
  }
  const scheduled = conditionOf(pod, "PodScheduled");
  const unscheduled = scheduled?.status === "False" ? wordsOf(scheduled) : null;
  return unscheduled === null ? null : `pod ${pod.metadata.name}: ${unscheduled}`;
}

/** Reasons of every container that merely starts (kubernetes pkg/kubelet/kubelet_pods.go). */
const USUAL: readonly string[] = ["ContainerCreating", "PodInitializing"];
