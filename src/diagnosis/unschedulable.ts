import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { eventLine, newestEvent } from "./cluster-events.ts";
import { conditionOf } from "./conditions.ts";
import { type Finding, NOTHING, type RuleResult } from "./finding.ts";
import { type PodContext, podFinding } from "./pod-context.ts";
import { quantity } from "../model/quantity.ts";
import { hasPart, KINDS, objectsIn } from "./snapshot.ts";

/** What the scheduler says of nodes that do not fit (k8s.io/kubernetes pkg/scheduler/framework/plugins), and what to do. */
const REASONS: readonly { readonly pattern: RegExp; readonly why: string; readonly hint: string }[] = [
  {
    pattern: /no nodes available/,
    why: "the cluster has no nodes",
    hint: "Add nodes: kubectl get nodes",
  },
  {
    pattern: /untolerated taint/,
    why: "the nodes have a taint that it does not tolerate",
    hint: "Give the pod tolerations in the release's values, or free a node: kubectl describe nodes | grep Taints",
  },
  {
    pattern: /didn't match Pod's node affinity|node selector/,
    why: "no node has the labels that it asks for",
    hint: "Correct nodeSelector or affinity in the release's values, or label a node: kubectl get nodes --show-labels",
  },
  {
    pattern: /pod anti-affinity|topology spread/,
    why: "its rules keep it apart from pods that run already, and there are too few nodes for that",
    hint: "Use fewer replicas, more nodes, or softer rules (preferredDuringScheduling…, ScheduleAnyway) in the release's values.",
  },
  {
    pattern: /free ports/,
    why: "a host port that it wants is taken on every node",
    hint: "Do without hostPort in the release's values, or stop what holds the port.",
  },
  {
    pattern: /Too many pods/,
    why: "the nodes are full of pods",
    hint: "Add nodes, or raise the kubelet's maxPods.",
  },
  {
    pattern: /unschedulable/,
    why: "the nodes are closed for new pods",
    hint: "Open one again: kubectl uncordon NODE",
  },
];

/** What autoscalers say when they make room: the cluster autoscaler, Karpenter. */
const GROWING = ["TriggeredScaleUp", "Nominated"];

/** A pod for which the scheduler finds no node, volumes apart. */
export function unschedulable(context: PodContext): RuleResult {
  const { pod, snapshot } = context;
  const condition = conditionOf(pod, "PodScheduled");
  if (condition?.status !== "False" || condition.reason !== "Unschedulable") return NOTHING;
  // volume-unbound tells the cause.
  if (/persistentvolumeclaim|volume/i.test(condition.message) && !/Insufficient/.test(condition.message))
    return NOTHING;
  const nodes = { ...KINDS.nodes, namespace: null };
  return { findings: [explain(context, condition)], parts: hasPart(snapshot, nodes) ? [] : [nodes] };
}

function explain(
  context: PodContext,
  { message, since }: { readonly message: string; readonly since: string | null },
): Finding {
  const growing = newestEvent(context.events, GROWING);
  const words = message.replace(/ preemption:[\s\S]*$/, "");
  const short = [...words.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, resource]) => resource ?? "");
  const reason = REASONS.find(({ pattern }) => pattern.test(words));
  const why = short.length > 0 ? shortage(context, [...new Set(short)]) : (reason?.why ?? words.trim());
  return podFinding(context, {
    rule: growing ? "node-coming" : "unschedulable",
    cause: why,
    message: `No node takes the pod: ${why}.${growing ? " An autoscaler is adding a node." : ""}`,
    hint:
      short.length > 0
        ? "Ask for less (resources.requests in the release's values), or add larger nodes: kubectl describe nodes"
        : (reason?.hint ??
          `See what the scheduler says: kubectl describe pod ${context.pod.metadata.name} ${context.flag}`),
    since,
    evidence: [`condition PodScheduled=False: ${words.trim()}`, ...(growing ? [eventLine(growing)] : [])],
  });
}

/** `it asks for 999 cpu, and the largest node has 16`; the second half once the nodes are known. */
function shortage({ pod, snapshot }: PodContext, resources: readonly string[]): string {
  const nodes = objectsIn(snapshot, KINDS.nodes, null);
  return resources
    .map((resource) => {
      const wanted = requested(pod, resource);
      if (wanted === null) return `too little ${resource} is free`;
      const largest = nodes
        .map((node) => asText(asObject(node.status?.["allocatable"])[resource]))
        .filter((amount) => amount !== null)
        .toSorted((one, other) => quantity(other) - quantity(one))[0];
      if (largest === undefined) return `it asks for ${wanted} of ${resource}, and no node has that much free`;
      return quantity(largest) < quantity(wanted)
        ? `it asks for ${wanted} of ${resource}, and the largest node has ${largest}`
        : `it asks for ${wanted} of ${resource}, and no node (the largest has ${largest}) has that much free`;
    })
    .join("; ");
}

/** As the container that asks for most of it writes it; null when none does. */
function requested(pod: KubeObject, resource: string): string | null {
  const amounts = [...asList(pod.spec?.["initContainers"]), ...asList(pod.spec?.["containers"])].flatMap(
    (container) => {
      const resources: JsonObject = asObject(asObject(container)["resources"]);
      const amount = asObject(resources["requests"])[resource] ?? asObject(resources["limits"])[resource];
      return amount === undefined || amount === null ? [] : [String(amount)];
    },
  );
  return amounts.toSorted((one, other) => quantity(other) - quantity(one))[0] ?? null;
}
