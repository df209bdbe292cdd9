import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { isObserved, numberIn, textIn } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A StatefulSet is ready when its pods are ready and of the update revision; with a partition, those from the partition
 * on. Sources: cli-utils kstatus `stsConditions`, helm `statefulSetReady`. With `OnDelete` pods are renewed by hand:
 * whatever runs counts.
 */
export function statefulSetReadiness(set: KubeObject): Readiness {
  const wanted = numberIn(set.spec, "replicas") ?? 1;
  const { status } = set;
  const readyPods = numberIn(status, "readyReplicas") ?? 0;
  const pods = `${Math.min(readyPods, wanted)}/${wanted} pods ready`;
  if (!isObserved(set)) return waiting(pods, "the newest spec is not observed yet");
  const strategy = asObject(set.spec?.["updateStrategy"]);
  if (readyPods < wanted) return waiting(pods);
  if ((numberIn(status, "replicas") ?? 0) > wanted) return waiting("end of surplus pods");
  if (textIn(strategy, "type") === "OnDelete") return ready();
  const partition = numberIn(asObject(strategy["rollingUpdate"]), "partition") ?? 0;
  const toUpdate = Math.max(0, wanted - partition);
  const updated = numberIn(status, "updatedReplicas") ?? 0;
  const sameRevision = textIn(status, "currentRevision") === textIn(status, "updateRevision");
  // Once a rollout is complete the controller makes both revisions one, and may leave updatedReplicas out.
  if (updated < toUpdate && !(sameRevision && partition === 0)) {
    return waiting(`${updated}/${toUpdate} pods updated`);
  }
  return ready();
}
