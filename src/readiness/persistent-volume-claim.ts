import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { type ClusterView, POD, STORAGE_CLASS } from "./cluster-view.ts";
import { textIn } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A claim is ready when it is Bound. Sources: cli-utils kstatus `pvcConditions`, helm `volumeReady`. One of a class with
 * `volumeBindingMode: WaitForFirstConsumer` stays Pending until a pod uses it (Kubernetes, "Storage Classes"): it is
 * waited for once a pod does, which Helm does not know of. Where classes may not be read, every class is taken for such.
 */
export function persistentVolumeClaimReadiness(claim: KubeObject, view: ClusterView): Readiness {
  const { name, namespace = null } = claim.metadata;
  const awaiting = `volume claim ${name} to be bound`;
  const phase = textIn(claim.status, "phase");
  if (phase === "Bound") return ready();
  if (phase === "Lost") return failed(awaiting, "its volume is lost");
  if (!waitsForConsumer(claim, view)) return waiting(awaiting);
  const pods = view.list(POD, namespace);
  if (pods === null || pods.some((pod) => uses(pod, name)))
    return waiting(awaiting, "a pod that uses it is not scheduled");
  return ready("its class binds it once a pod uses it, and none does");
}

/** A claim without a class of its own gets the default one's name at once, if there is one. */
function waitsForConsumer(claim: KubeObject, view: ClusterView): boolean {
  const name = textIn(claim.spec, "storageClassName");
  if (name === "") return false;
  const found = view.get({ ...STORAGE_CLASS, namespace: null, name });
  if (found === "forbidden") return true;
  return found?.["volumeBindingMode"] === "WaitForFirstConsumer";
}

function uses({ spec, status }: KubeObject, claim: string): boolean {
  if (["Succeeded", "Failed"].includes(textIn(status, "phase"))) return false;
  return asList(spec?.["volumes"]).some(
    (volume) => asObject(asObject(volume)["persistentVolumeClaim"])["claimName"] === claim,
  );
}
