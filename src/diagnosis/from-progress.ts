import type { Diagnosis, DiagnosisCode } from "../model/diagnosis.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { Progress } from "../model/readiness.ts";

/** Codes that the kind of a failed object already tells. */
const CODE_OF_KIND: Readonly<Record<string, DiagnosisCode>> = {
  Deployment: "progress-deadline",
  Job: "job-failed",
  PersistentVolumeClaim: "volume-unbound",
  CustomResourceDefinition: "crd-not-established",
};

/** What a wait that failed knows: each object that failed for good, else one finding on all that was still awaited. */
export function diagnoseProgress({ failed, awaiting }: Progress): readonly Diagnosis[] {
  if (failed.length > 0) return failed.map(({ object, reason }) => failedDiagnosis(object, reason));
  if (awaiting.length === 0) return [];
  return [
    {
      code: "unknown",
      severity: "error",
      object: null,
      message: `Still awaited: ${awaiting[0]}${awaiting.length > 1 ? ` (+${awaiting.length - 1} more)` : ""}.`,
      hint: "Look at the objects below with kubectl describe and at the namespace's events, or give the release more time (wait.timeout).",
      since: null,
      evidence: awaiting,
    },
  ];
}

function failedDiagnosis(object: ObjectRef, reason: string): Diagnosis {
  const place = object.namespace === null ? "" : ` --namespace ${object.namespace}`;
  return {
    code: CODE_OF_KIND[object.kind] ?? "unknown",
    severity: "error",
    object,
    message: reason,
    hint: `Look at it with: kubectl describe ${object.kind.toLowerCase()} ${object.name}${place}`,
    since: null,
    evidence: [],
  };
}
