import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { customResourceDefinitionReadiness } from "./custom-resource-definition.ts";
import { daemonSetReadiness } from "./daemon-set.ts";
import { deploymentReadiness } from "./deployment.ts";
import { jobReadiness } from "./job.ts";
import { persistentVolumeClaimReadiness } from "./persistent-volume-claim.ts";
import { serviceReadiness } from "./service.ts";
import { statefulSetReadiness } from "./stateful-set.ts";
import { ready } from "./verdict.ts";

/** Says of one live object whether it is ready. */
export type ReadinessRule = (object: KubeObject) => Readiness;

/** A rule and where its kind lives. */
interface RuledKind {
  readonly rule: ReadinessRule;
  readonly namespaced: boolean;
}

/** By API group and kind: rules hold for every version of a group. */
const RULES: Readonly<Record<string, RuledKind>> = {
  "apiextensions.k8s.io CustomResourceDefinition": { rule: customResourceDefinitionReadiness, namespaced: false },
  "apps DaemonSet": { rule: daemonSetReadiness, namespaced: true },
  "apps Deployment": { rule: deploymentReadiness, namespaced: true },
  "apps StatefulSet": { rule: statefulSetReadiness, namespaced: true },
  "batch Job": { rule: jobReadiness, namespaced: true },
  " PersistentVolumeClaim": { rule: persistentVolumeClaimReadiness, namespaced: true },
  " Service": { rule: serviceReadiness, namespaced: true },
};

/** The rule for a kind; null for kinds that are ready as soon as they exist. */
export function ruleFor(apiVersion: string, kind: string): RuledKind | null {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return RULES[`${group} ${kind}`] ?? null;
}

/** Whether a live object is ready, by the rule of its kind. */
export function readinessOf(object: KubeObject): Readiness {
  return ruleFor(object.apiVersion, object.kind)?.rule(object) ?? ready();
}
