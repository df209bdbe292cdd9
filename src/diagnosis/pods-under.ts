import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type ClusterSnapshot, KINDS, ownedBy, refTo } from "./snapshot.ts";

/** The pods that an object has brought about, and who of its family asks for pods. */
export interface PodFamily {
  /** Of the newest revision, as far as revisions can be told. */
  readonly pods: readonly KubeObject[];
  /** Whose status and events say why pods are missing; the nearest to the pods first. */
  readonly makers: readonly KubeObject[];
  /** Named when several pods share a cause. */
  readonly owner: ObjectRef;
}

const REVISION = "deployment.kubernetes.io/revision";

/** The pods under a workload; of a pod, itself. Null for kinds that have no pods. */
export function podsUnder(snapshot: ClusterSnapshot, object: KubeObject): PodFamily | null {
  const owner = refTo(object);
  switch (object.kind) {
    case "Pod":
      return { pods: [object], makers: [], owner };
    case "Deployment": {
      const newest = ownedBy(snapshot, KINDS.replicaSets, object).toSorted(
        (one, other) => revisionOf(other) - revisionOf(one),
      )[0];
      if (newest === undefined) return { pods: [], makers: [object], owner };
      return { pods: alive(ownedBy(snapshot, KINDS.pods, newest)), makers: [newest, object], owner };
    }
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
    case "Job":
      return { pods: alive(ownedBy(snapshot, KINDS.pods, object)), makers: [object], owner };
    default:
      return null;
  }
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

/** A pod on its way out says nothing of the one that follows it. */
function alive(pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
