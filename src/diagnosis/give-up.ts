import type { DiagnosisCode, GiveUpOverrides } from "../model/diagnosis.ts";

/** When a wait is given up because of a finding. */
export interface GiveUpRule {
  readonly code: DiagnosisCode;
  /** What is seen first, in words. */
  readonly firstSign: string;
  /** True when clusters get over it without anybody's help often enough that waiting is worth it. */
  readonly heals: boolean;
  /** Milliseconds from the first sign until the wait ends; null: not before the release's own time-out. */
  readonly graceMs: number | null;
}

const SECOND = 1_000;
const MINUTE = 60_000;

/**
 * The one table that says when waiting is in vain. What heals is named at once as a warning, and becomes an error when its
 * grace is over; what does not heal is an error at once. A release's `wait.giveUp` replaces the grace of a code, for all
 * of its rows.
 */
export const GIVE_UP = {
  // The kubelet tries again after 10, 20, 40 s …: a registry that hiccups gets three more tries.
  "image-pull": {
    code: "image-pull",
    firstSign: "a container waits with ErrImagePull or ImagePullBackOff",
    heals: true,
    graceMs: MINUTE,
  },
  "image-name": {
    code: "image-pull",
    firstSign: "a container waits with InvalidImageName or ErrImageNeverPull",
    heals: false,
    graceMs: 0,
  },
  // Many programs crash until their database answers.
  "crash-loop": {
    code: "crash-loop",
    firstSign: "a container has ended with an error and is not ready again",
    heals: true,
    graceMs: 2 * MINUTE,
  },
  "oom-killed": {
    code: "oom-killed",
    firstSign: "a container has been killed for its memory (OOMKilled)",
    heals: true,
    graceMs: MINUTE,
  },
  // Another controller may be about to make the Secret: cert-manager, external-secrets.
  "config-missing": {
    code: "config-missing",
    firstSign: "a ConfigMap, Secret, key, service account or priority class that a pod needs is not there",
    heals: true,
    graceMs: MINUTE,
  },
  // Slow starters fail their probes until they are up: how long that may take is what the time-out says.
  "probe-failing": {
    code: "probe-failing",
    firstSign: "event Unhealthy of a container that is not ready",
    heals: true,
    graceMs: null,
  },
  unschedulable: {
    code: "unschedulable",
    firstSign: "condition PodScheduled=False with reason Unschedulable",
    heals: true,
    graceMs: 2 * MINUTE,
  },
  "node-coming": {
    code: "unschedulable",
    firstSign: "the same, but an autoscaler says that it adds a node",
    heals: true,
    graceMs: null,
  },
  // Pods of the revision before may still be on their way out.
  quota: { code: "quota", firstSign: "FailedCreate: exceeded quota or limit range", heals: true, graceMs: MINUTE },
  "pod-security": {
    code: "pod-security",
    firstSign: "FailedCreate: violates PodSecurity; a container that must not run as root would",
    heals: false,
    graceMs: 0,
  },
  "webhook-unreachable": {
    code: "webhook-unreachable",
    firstSign: "FailedCreate: failed calling webhook",
    heals: true,
    graceMs: 90 * SECOND,
  },
  "webhook-denied": {
    code: "webhook-denied",
    firstSign: "FailedCreate: denied by an admission webhook or policy",
    heals: true,
    graceMs: 10 * SECOND,
  },
  // A pod that is replaced once the webhook answers comes out well.
  "injection-missed": {
    code: "injection-missed",
    firstSign: "a pod whose image is still auto",
    heals: true,
    graceMs: 30 * SECOND,
  },
  "volume-unbound": {
    code: "volume-unbound",
    firstSign: "a volume claim is Pending and its events say why; a volume cannot be attached or mounted",
    heals: true,
    graceMs: MINUTE,
  },
  "volume-lost": { code: "volume-unbound", firstSign: "a volume claim is Lost", heals: false, graceMs: 0 },
  "progress-deadline": {
    code: "progress-deadline",
    firstSign: "condition Progressing=False with reason ProgressDeadlineExceeded",
    heals: false,
    graceMs: 0,
  },
  "job-failed": { code: "job-failed", firstSign: "condition Failed of a Job", heals: false, graceMs: 0 },
  // How often a Job tries is its own backoffLimit.
  "job-retries": {
    code: "job-failed",
    firstSign: "a pod of a Job that goes on has failed",
    heals: true,
    graceMs: null,
  },
  "hook-failed": { code: "hook-failed", firstSign: "a hook's Job or Pod has failed", heals: false, graceMs: 0 },
  "hook-retries": {
    code: "hook-failed",
    firstSign: "a pod of a hook's Job that goes on has failed",
    heals: true,
    graceMs: null,
  },
  "no-endpoints": {
    code: "no-endpoints",
    firstSign: "the selector of a Service fits no pod, and no pod is on its way",
    heals: true,
    graceMs: MINUTE,
  },
  // Clouds take minutes.
  "load-balancer-pending": {
    code: "load-balancer-pending",
    firstSign: "a load balancer has no address",
    heals: true,
    graceMs: null,
  },
  "load-balancer-failed": {
    code: "load-balancer-pending",
    firstSign: "the same, and an event says that making it failed",
    heals: true,
    graceMs: 2 * MINUTE,
  },
  "crd-not-established": {
    code: "crd-not-established",
    firstSign: "condition Established is not True",
    heals: true,
    graceMs: 30 * SECOND,
  },
  "crd-names": {
    code: "crd-not-established",
    firstSign: "condition NamesAccepted=False",
    heals: false,
    graceMs: 0,
  },
  "namespace-terminating": {
    code: "namespace-terminating",
    firstSign: "a namespace that is needed is being deleted",
    heals: true,
    graceMs: MINUTE,
  },
  forbidden: {
    code: "forbidden",
    firstSign: "FailedCreate: the controller is not allowed to",
    heals: false,
    graceMs: 0,
  },
  "release-locked": {
    code: "release-locked",
    firstSign: "Helm's record of the release is pending",
    heals: true,
    graceMs: null,
  },
  failed: { code: "unknown", firstSign: "an object says itself that it has failed", heals: false, graceMs: 0 },
  unknown: { code: "unknown", firstSign: "not ready, and nothing says why", heals: true, graceMs: null },
} as const satisfies Readonly<Record<string, GiveUpRule>>;

/** A row of {@link GIVE_UP}. Helm's own refusals (`immutable-field`, `apply-conflict`, `schema` …) end a step by themselves. */
export type GiveUpRuleName = keyof typeof GIVE_UP;

/** Milliseconds from the first sign until a wait is given up; null: never. */
export function graceOf(name: GiveUpRuleName, overrides: GiveUpOverrides): number | null {
  const rule: GiveUpRule = GIVE_UP[name];
  const own = overrides[rule.code];
  return own === undefined ? rule.graceMs : own;
}
