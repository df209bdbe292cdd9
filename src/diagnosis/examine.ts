import type { KubeObject } from "../model/kube-object.ts";
import { crdNotEstablished, namespaceTerminating } from "./cluster-scoped.ts";
import { configMissing } from "./config-missing.ts";
import { crashes } from "./crash.ts";
import {
  type Examination,
  type Finding,
  NOTHING,
  type RuleResult,
  type Subject,
  together,
  type UnreadyObject,
} from "./finding.ts";
import { imagePull } from "./image-pull.ts";
import { injectionMissed } from "./injection-missed.ts";
import { jobFailed, ofHook } from "./jobs.ts";
import { mergeFindings } from "./merge-findings.ts";
import { isWell, podContext, type PodRule } from "./pod-context.ts";
import { type PodFamily, podsUnder } from "./pods-under.ts";
import { probeFailing } from "./probe-failing.ts";
import { progressDeadline } from "./progress-deadline.ts";
import { refusedPods } from "./refused-pods.ts";
import { noEndpoints, serviceTrouble } from "./services.ts";
import { type ClusterSnapshot, hasPart, KINDS, type Part, partKey, refTo } from "./snapshot.ts";
import { unschedulable } from "./unschedulable.ts";
import { claimUnbound, podVolumes } from "./volume-unbound.ts";

/** Kinds that have pods, or are one. */
const WORKLOADS = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "Pod"];

/** In the order in which one thing leads to the next. */
const POD_RULES: readonly PodRule[] = [injectionMissed, imagePull, configMissing, crashes, probeFailing];

/**
 * Goes from what is not ready down to the causes: owner, ReplicaSet, pods, containers (those that initialise first), events,
 * and from there to webhook, quota, scheduler, volume. Says too which parts of the cluster would tell more: read them and
 * look again, until it asks for nothing new.
 */
export function examine(subject: Subject, snapshot: ClusterSnapshot): Examination {
  const hooks = subject.hooks.map((hook) => hookTrouble(snapshot, hook));
  const objects = subject.unready.map((unready) => objectTrouble(snapshot, unready));
  const { findings, parts } = together([...hooks, ...objects]);
  return {
    findings: mergeFindings([...findings, ...consequences(subject, findings, snapshot)]),
    parts: [...new Map(parts.map((part) => [partKey(part), part])).values()],
  };
}

function objectTrouble(snapshot: ClusterSnapshot, unready: UnreadyObject): RuleResult {
  const { object } = unready;
  if (object === null) return NOTHING;
  switch (object.kind) {
    case "Service":
      return together([podsPart(snapshot, object), serviceTrouble(snapshot, unready)]);
    case "PersistentVolumeClaim":
      return together([eventsPart(snapshot, object), claimUnbound(snapshot, object)]);
    case "CustomResourceDefinition":
      return { findings: crdNotEstablished(object), parts: [] };
    case "Namespace":
      return { findings: namespaceTerminating(object), parts: [] };
    case "Job":
      return together([workloadTrouble(snapshot, object), { findings: jobFailed(snapshot, object, false), parts: [] }]);
    default:
      return workloadTrouble(snapshot, object);
  }
}

function hookTrouble(snapshot: ClusterSnapshot, hook: KubeObject): RuleResult {
  const { findings, parts } = workloadTrouble(snapshot, hook);
  const own = jobFailed(snapshot, hook, true);
  return {
    findings: [...own, ...(own.length > 0 ? [] : findings.map((finding) => ofHook(finding, refTo(hook))))],
    parts,
  };
}

/** The pods of an object, and those that are missing. */
function workloadTrouble(snapshot: ClusterSnapshot, object: KubeObject): RuleResult {
  if (!WORKLOADS.includes(object.kind)) return NOTHING;
  const pods = podsPart(snapshot, object);
  if (pods.parts.length > 0) return pods;
  const family = podsUnder(snapshot, object);
  if (family === null) return NOTHING;
  const results = family.pods.filter((pod) => !isWell(pod)).map((pod) => podTrouble(snapshot, pod, family));
  const refused = lacksPods(object, family) ? [refusedPods(snapshot, family.makers, family.owner)] : [];
  return together([...refused, ...results]);
}

function podTrouble(snapshot: ClusterSnapshot, pod: KubeObject, { owner }: PodFamily): RuleResult {
  const context = podContext(snapshot, pod, owner);
  const placed = together([podVolumes(context), unschedulable(context)]);
  const findings = POD_RULES.flatMap((rule) => rule(context));
  // A failed pod of a Job is told with the Job.
  const own = owner.kind === "Job" && pod.status?.["phase"] === "Failed" ? [] : findings;
  const wished = own.length + placed.findings.length > 0 ? eventsPart(snapshot, pod).parts : [];
  return together([placed, { findings: own, parts: wished }]);
}

/** Whether a workload has fewer pods than it wants. */
function lacksPods(object: KubeObject, { pods }: PodFamily): boolean {
  if (object.kind === "Pod") return false;
  if (object.kind === "Job") return pods.length === 0;
  const wanted = object.kind === "DaemonSet" ? object.status?.["desiredNumberScheduled"] : object.spec?.["replicas"];
  return pods.length < (typeof wanted === "number" ? wanted : 1);
}

/** What is told only where nothing nearer to the cause was found. */
function consequences(subject: Subject, found: readonly Finding[], snapshot: ClusterSnapshot): readonly Finding[] {
  if (found.length > 0) return [];
  const objects = subject.unready.flatMap(({ object }) => object ?? []);
  if (objects.every(({ kind }) => kind === "Service")) return objects.flatMap((each) => noEndpoints(snapshot, each));
  return objects.flatMap(progressDeadline);
}

/** What any look at pods needs. */
function podsPart(snapshot: ClusterSnapshot, { metadata }: KubeObject): RuleResult {
  const namespace = metadata.namespace ?? null;
  const wanted: readonly Part[] = [KINDS.pods, KINDS.replicaSets].map((kind) => ({ ...kind, namespace }));
  return { findings: [], parts: wanted.filter((part) => !hasPart(snapshot, part)) };
}

function eventsPart(snapshot: ClusterSnapshot, { metadata }: KubeObject): RuleResult {
  const part = { ...KINDS.events, namespace: metadata.namespace ?? "default" };
  return { findings: [], parts: hasPart(snapshot, part) ? [] : [part] };
}
