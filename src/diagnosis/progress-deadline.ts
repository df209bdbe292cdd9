import type { KubeObject } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import type { Finding } from "./finding.ts";
import { refTo } from "./snapshot.ts";

/** A Deployment that its own controller has given up on. What it said of an older spec counts no more. */
export function progressDeadline(object: KubeObject): readonly Finding[] {
  const condition = object.kind === "Deployment" ? conditionOf(object, "Progressing") : null;
  const { name, namespace = "", generation = 0 } = object.metadata;
  if (condition?.reason !== "ProgressDeadlineExceeded" || object.status?.["observedGeneration"] !== generation)
    return [];
  return [
    {
      rule: "progress-deadline",
      cause: name,
      object: refTo(object),
      owner: null,
      message: `Deployment ${name} made no progress within its own deadline (spec.progressDeadlineSeconds).`,
      hint: `See its pods: kubectl describe deployment ${name} --namespace ${namespace}`,
      since: condition.since,
      evidence: [`condition Progressing=${condition.status}, ${condition.reason}: ${condition.message}`],
      log: null,
    },
  ];
}
