import { asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { hasLabels } from "../model/label-selector.ts";
import { eventLine, eventsOf, newestEvent } from "./cluster-events.ts";
import { type Finding, NOTHING, type RuleResult, type UnreadyObject } from "./finding.ts";
import { type ClusterSnapshot, hasPart, KINDS, objectsIn, refTo } from "./snapshot.ts";

/** Reasons of cloud providers, MetalLB and the service controller when an address cannot be given. */
const FAILED = [
  "SyncLoadBalancerFailed",
  "CreatingLoadBalancerFailed",
  "AllocationFailed",
  "FailedBuildModel",
  "FailedDeployModel",
  "UnAvailableLoadBalancer",
];

/** A load balancer without an address. */
export function serviceTrouble(snapshot: ClusterSnapshot, { object }: UnreadyObject): RuleResult {
  if (object === null) return NOTHING;
  const balanced = asText(object.spec?.["type"]) === "LoadBalancer" && !hasAddress(object.status?.["loadBalancer"]);
  const events = { ...KINDS.events, namespace: object.metadata.namespace ?? null };
  const parts = hasPart(snapshot, events) ? [] : [events];
  return { findings: balanced ? [pending(snapshot, object)] : [], parts };
}

function hasAddress(loadBalancer: unknown): boolean {
  const { ingress } = asObject(loadBalancer);
  return Array.isArray(ingress) && ingress.length > 0;
}

function pending(snapshot: ClusterSnapshot, service: KubeObject): Finding {
  const { name, namespace, creationTimestamp } = service.metadata;
  const events = eventsOf(snapshot, service);
  const failure = newestEvent(events, FAILED);
  const sign = events.some(({ reason }) => reason === "EnsuringLoadBalancer");
  return {
    rule: failure ? "load-balancer-failed" : "load-balancer-pending",
    cause: name,
    object: refTo(service),
    owner: null,
    message: failure
      ? `Load balancer ${name} gets no address: ${failure.message.trim().replace(/\.$/, "")}.`
      : `Load balancer ${name} has no address yet${sign ? "; the cluster is at work on it" : ", and nobody in the cluster says that he is at work on it"}.`,
    hint:
      failure || sign
        ? `See what the cloud says: kubectl describe service ${name} --namespace ${namespace ?? ""}`
        : "Where no cloud gives addresses, something else must: MetalLB, minikube tunnel, cloud-provider-kind. Or set service.type to ClusterIP or NodePort in the release's values.",
    since: creationTimestamp ?? null,
    evidence: failure ? [eventLine(failure)] : ["status.loadBalancer is empty"],
    log: null,
  };
}

/** Pods of others that a Service selects and that are not ready: the release's own have their own reasons. */
export function noEndpoints(snapshot: ClusterSnapshot, service: KubeObject): readonly Finding[] {
  const { name, namespace = null, creationTimestamp } = service.metadata;
  const selector = asObject(service.spec?.["selector"]);
  const pods = objectsIn(snapshot, KINDS.pods, namespace).filter(({ metadata }) =>
    hasLabels(metadata.labels, selector),
  );
  const words = Object.entries(selector).map(([key, value]) => `${key}=${String(value)}`);
  return [
    {
      rule: "no-endpoints",
      cause: name,
      object: refTo(service),
      owner: null,
      message: `Service ${name} leads nowhere: none of the pods that it selects (${words.join(",")}) is ready.`,
      hint: `See what is wrong with them: kubectl get pods --namespace ${namespace ?? ""} --selector ${words.join(",")}`,
      since: creationTimestamp ?? null,
      evidence: pods.map((pod) => `pod ${pod.metadata.name}: ${asText(pod.status?.["phase"]) ?? "unknown"}, not ready`),
      log: null,
    },
  ];
}
