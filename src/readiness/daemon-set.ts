import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { isObserved, numberIn, textIn } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A DaemonSet is ready when every node that should run it has an updated and available pod. Source: cli-utils kstatus
 * `daemonsetConditions`; helm's own rule tolerates `maxUnavailable` pods, which on one node means none need be ready.
 * Where no node fits, nothing is awaited. With `OnDelete` pods of an older revision count.
 */
export function daemonSetReadiness(set: KubeObject): Readiness {
  const { status } = set;
  const wanted = numberIn(status, "desiredNumberScheduled");
  if (!isObserved(set) || wanted === null) return waiting("pods to be counted", "the newest spec is not observed yet");
  const available = Math.min(numberIn(status, "numberAvailable") ?? 0, numberIn(status, "numberReady") ?? 0);
  const updated = numberIn(status, "updatedNumberScheduled") ?? 0;
  const onDelete = textIn(asObject(set.spec?.["updateStrategy"]), "type") === "OnDelete";
  if (available < wanted) return waiting(`${available}/${wanted} pods ready`);
  if (updated < wanted && !onDelete) return waiting(`${updated}/${wanted} pods updated`);
  return ready();
}
