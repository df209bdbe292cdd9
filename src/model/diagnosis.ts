import type { ObjectRef } from "./kube-object.ts";

/** Why something is not ready. The codes are part of the contract with users' scripts. */
export const DIAGNOSIS_CODES = [
  "image-pull",
  "crash-loop",
  "oom-killed",
  "config-missing",
  "probe-failing",
  "unschedulable",
  "quota",
  "pod-security",
  "webhook-unreachable",
  "webhook-denied",
  "injection-missed",
  "volume-unbound",
  "progress-deadline",
  "job-failed",
  "hook-failed",
  "no-endpoints",
  "load-balancer-pending",
  "crd-not-established",
  "namespace-terminating",
  "immutable-field",
  "apply-conflict",
  "release-locked",
  "schema",
  "forbidden",
  "unknown",
] as const;

/** One of {@link DIAGNOSIS_CODES}. */
export type DiagnosisCode = (typeof DIAGNOSIS_CODES)[number];

/** Graces that a release sets itself, in milliseconds by code; null: a wait is never given up because of it. */
export type GiveUpOverrides = { readonly [code in DiagnosisCode]?: number | null };

/** One finding: what is wrong with which object, why, and what to do. */
export interface Diagnosis {
  readonly code: DiagnosisCode;
  readonly severity: "error" | "warning" | "info";
  /** Null when the finding is about the release as a whole. */
  readonly object: ObjectRef | null;
  readonly message: string;
  readonly hint: string;
  /** ISO 8601 time since when the cluster shows it; null when unknown. */
  readonly since: string | null;
  /** Lines that back the message: events, conditions, log lines. */
  readonly evidence: readonly string[];
}
