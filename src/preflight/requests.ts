import type { Requests } from "../catalog/istio-requests.ts";
import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { podSpecOf } from "./pods-of.ts";
import { quantity } from "../model/quantity.ts";

/** Nothing at all. */
export const NO_REQUESTS: Requests = { cpu: 0, memory: 0 };

/** Both together. */
export function plus(one: Requests, other: Requests): Requests {
  return { cpu: one.cpu + other.cpu, memory: one.memory + other.memory };
}

/** So many times as much. */
export function times(count: number, { cpu, memory }: Requests): Requests {
  return { cpu: count * cpu, memory: count * memory };
}

/** Processor in thousandths of a core and memory in bytes, as a `requests` or `allocatable` section has them. */
export function readRequests(section: unknown): Requests {
  const { cpu, memory } = asObject(section);
  return { cpu: quantity(cpu) * 1000, memory: quantity(memory) };
}

/**
 * What a pod takes from its node: its containers together with init containers that go on running, or its greediest
 * init container, whichever is more; and its overhead (Kubernetes, "Init Containers", resource sharing).
 */
export function podRequests(spec: JsonObject): Requests {
  const containers = sum(asList(spec["containers"]).map(requestsOf));
  const inits = asList(spec["initContainers"]).map(asObject);
  const sidecars = sum(inits.filter(({ restartPolicy }) => restartPolicy === "Always").map(requestsOf));
  const greediest = inits.map(requestsOf).reduce(most, NO_REQUESTS);
  return plus(most(plus(containers, sidecars), greediest), readRequests(spec["overhead"]));
}

/** A kind of pod, and how many of them there will be. */
export interface PodGroup {
  readonly each: Requests;
  readonly count: number;
}

/**
 * The pods that a chart's objects make at first. Autoscalers count with their minimum, as charts then name no number of
 * their own; CronJobs do not count.
 */
export function podGroups(objects: readonly KubeObject[], nodeCount: number): readonly PodGroup[] {
  return objects.flatMap((object) => {
    const spec = podSpecOf(object);
    if (spec === null || object.kind === "CronJob") return [];
    return [{ each: podRequests(spec), count: object.kind === "DaemonSet" ? nodeCount : replicasOf(object, objects) }];
  });
}

function replicasOf(workload: KubeObject, objects: readonly KubeObject[]): number {
  const replicas = workload.spec?.["replicas"];
  const scaler = objects.find(({ kind, spec }) => {
    const target = asObject(spec?.["scaleTargetRef"]);
    const name = asText(target["name"]);
    return kind === "HorizontalPodAutoscaler" && target["kind"] === workload.kind && name === workload.metadata.name;
  });
  const least = scaler?.spec?.["minReplicas"];
  if (typeof least === "number") return least;
  return typeof replicas === "number" ? replicas : 1;
}

function requestsOf(container: unknown): Requests {
  return readRequests(asObject(asObject(container)["resources"])["requests"]);
}

function sum(all: readonly Requests[]): Requests {
  return all.reduce(plus, NO_REQUESTS);
}

function most(one: Requests, other: Requests): Requests {
  return { cpu: Math.max(one.cpu, other.cpu), memory: Math.max(one.memory, other.memory) };
}
