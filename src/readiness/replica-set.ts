import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, isObserved, numberIn, wordsOf } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A ReplicaSet, or a ReplicationController, is ready when every wanted pod is available and no surplus one is left.
 * Sources: cli-utils kstatus `replicasetConditions`, helm `replicaSetReady` and `replicationControllerReady`.
 */
export function replicaSetReadiness(set: KubeObject): Readiness {
  const wanted = numberIn(set.spec, "replicas") ?? 1;
  const { status } = set;
  const available = Math.min(numberIn(status, "availableReplicas") ?? 0, numberIn(status, "readyReplicas") ?? 0);
  const pods = `${Math.min(available, wanted)}/${wanted} pods ready`;
  if (!isObserved(set)) return waiting(pods, "the newest spec is not observed yet");
  const refused = conditionOf(set, "ReplicaFailure");
  const reason = refused?.status === "True" ? wordsOf(refused) : null;
  if (available < wanted) return waiting(pods, reason);
  if ((numberIn(status, "replicas") ?? 0) > wanted) return waiting("end of surplus pods", reason);
  return ready();
}
