import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { textIn } from "./fields.ts";
import { isPodReady, podTrouble } from "./pods.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A Pod is ready when its condition says so, or when it has done its work; one that has ended in failure is never started
 * again. Sources: cli-utils kstatus `podConditions` (which takes a failed one for current), helm `isPodReady`. A container
 * that crashes is started again, so the pod waits.
 */
export function podReadiness(pod: KubeObject): Readiness {
  const awaiting = `pod ${pod.metadata.name}`;
  const phase = textIn(pod.status, "phase");
  if (phase === "Succeeded" || (phase === "Running" && isPodReady(pod))) return ready();
  if (phase === "Failed") {
    const why = textIn(pod.status, "message") || textIn(pod.status, "reason") || "its containers ended in failure";
    return failed(awaiting, why);
  }
  return waiting(awaiting, podTrouble(pod));
}
