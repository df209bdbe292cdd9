import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { textIn } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A claim is ready when it is Bound. Sources: cli-utils kstatus `pvcConditions`, helm `volumeReady`. One of a class with
 * `WaitForFirstConsumer` stays Pending until a pod uses it, which the claim itself does not say.
 */
export function persistentVolumeClaimReadiness(claim: KubeObject): Readiness {
  const awaiting = `volume claim ${claim.metadata.name} to be bound`;
  const phase = textIn(claim.status, "phase");
  if (phase === "Bound") return ready();
  if (phase === "Lost") return failed(awaiting, "its volume is lost");
  return waiting(awaiting, "a class that waits for its first consumer binds it once a pod is scheduled");
}
