import type { Finding } from "../model/finding.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** Of this class are Istio's node agents. */
const CRITICAL = "system-node-critical";

/**
 * GKE lets critical pods into other namespaces than kube-system only where a ResourceQuota names their class
 * (istio.io, "Platform-Specific Prerequisites", GKE). The charts bring one when they know that it is GKE.
 */
export function checkCriticalQuota(facts: Facts): readonly Finding[] {
  const quotas = valueOf(facts.quotas);
  if (clusterPlatform(facts) !== "gke" || quotas === null) return [];
  const agents = facts.stack.releases.filter(({ role }) => role === "istio-cni" || role === "ztunnel");
  return agents
    .filter((agent) => agent.namespace !== "kube-system" && !bringsQuota(agent) && !hasQuota(agent, quotas))
    .map(({ name, namespace }) =>
      finding(
        "critical-pods-quota",
        `The pods of ${name} are of class ${CRITICAL}, and namespace ${namespace} has no ResourceQuota for it: GKE would refuse them.`,
        "Set `global.platform: gke` in its values, as the profile gke does; or run it in kube-system.",
      ),
    );
}

function bringsQuota({ values }: Release): boolean {
  return (
    asObject(values["global"])["platform"] === "gke" ||
    values["platform"] === "gke" ||
    asObject(values["resourceQuotas"])["enabled"] === true
  );
}

function hasQuota({ namespace }: Release, quotas: readonly KubeObject[]): boolean {
  return quotas.some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      asList(asObject(spec?.["scopeSelector"])["matchExpressions"])
        .map(asObject)
        .some(({ scopeName, values }) => scopeName === "PriorityClass" && asList(values).includes(CRITICAL)),
  );
}
