import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, isObserved, numberIn } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A Deployment is ready when every wanted pod is of the newest revision and available, and none of an older one is left.
 * Sources: cli-utils kstatus `deploymentConditions`, kubectl `rollout status`. A paused one does not roll out: it is
 * taken as it is (kubectl and helm do the same), as long as its pods are there.
 */
export function deploymentReadiness(deployment: KubeObject): Readiness {
  const wanted = numberIn(deployment.spec, "replicas") ?? 1;
  const { status } = deployment;
  const available = numberIn(status, "availableReplicas") ?? 0;
  const pods = `${Math.min(available, wanted)}/${wanted} pods ready`;
  if (!isObserved(deployment)) return waiting(pods, "the newest spec is not observed yet");
  const progressing = conditionOf(deployment, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") {
    return failed(pods, progressing.message || progressing.reason);
  }
  const refused = conditionOf(deployment, "ReplicaFailure");
  const reason = refused?.status === "True" ? refused.message || refused.reason : null;
  if (deployment.spec?.["paused"] === true) {
    return available >= wanted ? ready("rollout is paused") : waiting(pods, reason ?? "rollout is paused");
  }
  const updated = numberIn(status, "updatedReplicas") ?? 0;
  const all = numberIn(status, "replicas") ?? 0;
  if (updated < wanted) return waiting(all > updated ? `${updated}/${wanted} pods updated` : pods, reason);
  if (available < wanted) return waiting(pods, reason);
  if (all > updated) return waiting(oldPods(all - updated), reason);
  return ready();
}

function oldPods(count: number): string {
  return `end of ${count} old pod${count === 1 ? "" : "s"}`;
}
