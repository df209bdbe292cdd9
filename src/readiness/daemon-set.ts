import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { type ClusterView, POD } from "./cluster-view.ts";
import { isObserved, numberIn, textIn } from "./fields.ts";
import { isPodReady, podsOwnedBy, podTrouble } from "./pods.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A DaemonSet is ready when every node that should run it has an updated and available pod. Source: cli-utils kstatus
 * `daemonsetConditions`; helm's own rule tolerates `maxUnavailable` pods, which on one node means none need be ready.
 * Where no node fits, nothing is awaited. With `OnDelete` pods of an older revision count. Its status has no conditions
 * to say why pods are missing, so its own pods are asked.
 */
export function daemonSetReadiness(set: KubeObject, view: ClusterView): Readiness {
  const { status } = set;
  const wanted = numberIn(status, "desiredNumberScheduled");
  if (!isObserved(set) || wanted === null) return waiting("pods to be counted", "the newest spec is not observed yet");
  const available = Math.min(numberIn(status, "numberAvailable") ?? 0, numberIn(status, "numberReady") ?? 0);
  const updated = numberIn(status, "updatedNumberScheduled") ?? 0;
  const onDelete = textIn(asObject(set.spec?.["updateStrategy"]), "type") === "OnDelete";
  if (available < wanted) return waiting(`${available}/${wanted} pods ready`, troubleOf(set, view));
  if (updated < wanted && !onDelete) return waiting(`${updated}/${wanted} pods updated`, troubleOf(set, view));
  return ready();
}

function troubleOf(set: KubeObject, view: ClusterView): string | null {
  const pods = view.list(POD, set.metadata.namespace ?? null) ?? [];
  for (const pod of podsOwnedBy(set, pods)) {
    const trouble = isPodReady(pod) ? null : podTrouble(pod);
    if (trouble !== null) return trouble;
  }
  return null;
}
