import { asText } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type ClusterEvent, eventsOf } from "./cluster-events.ts";
import { conditionOf } from "./conditions.ts";
import { containersOf, type PodContainer } from "./containers.ts";
import type { Finding } from "./finding.ts";
import { type ClusterSnapshot, refTo } from "./snapshot.ts";

/** A pod with all that the rules for pods look at. */
export interface PodContext {
  readonly pod: KubeObject;
  readonly owner: ObjectRef;
  readonly containers: readonly PodContainer[];
  readonly events: readonly ClusterEvent[];
  readonly snapshot: ClusterSnapshot;
  /** `--namespace NAME`, for commands in hints. */
  readonly flag: string;
}

/** Says what is wrong with a pod that is not ready; empty when it sees nothing. */
export type PodRule = (context: PodContext) => readonly Finding[];

/** Gathers what is known of a pod. */
export function podContext(snapshot: ClusterSnapshot, pod: KubeObject, owner: ObjectRef): PodContext {
  const flag = `--namespace ${pod.metadata.namespace ?? "default"}`;
  return { pod, owner, containers: containersOf(pod), events: eventsOf(snapshot, pod), snapshot, flag };
}

/** Whether a pod has nothing left to explain: ready, or ended well. */
export function isWell(pod: KubeObject): boolean {
  return asText(pod.status?.["phase"]) === "Succeeded" || conditionOf(pod, "Ready")?.status === "True";
}

/** A finding about a pod, with what is the same in all of them. */
export function podFinding(
  { pod, owner }: PodContext,
  found: Pick<Finding, "rule" | "cause" | "message" | "hint" | "evidence"> & Partial<Pick<Finding, "since" | "log">>,
): Finding {
  const since = conditionOf(pod, "Ready")?.since ?? pod.metadata.creationTimestamp ?? null;
  return { object: refTo(pod), owner, since, log: null, ...found };
}

/** `container app`, as it stands in messages. */
export function containerName({ role, name }: PodContainer): string {
  return `${role} ${name}`;
}

/** Those events that are about one container, or about the pod as a whole. */
export function eventsOfContainer(events: readonly ClusterEvent[], name: string): readonly ClusterEvent[] {
  return events.filter(({ fieldPath }) => fieldPath === "" || fieldPath.endsWith(`{${name}}`));
}
