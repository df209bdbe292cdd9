import type { ObjectRef } from "./kube-object.ts";

/** What a readiness rule says of one live object. */
export interface Readiness {
  /** `failed` is final: waiting longer cannot help. */
  readonly state: "ready" | "waiting" | "failed";
  /** What is still missing, for progress lines, such as `1/3 pods ready`; null when ready. */
  readonly awaiting: string | null;
  /** Why it failed or hangs, in the cluster's own words; null when there is nothing to say. */
  readonly reason: string | null;
}

/** How far several objects are, together. */
export interface Progress {
  /** How many of them are ready. */
  readonly ready: number;
  readonly total: number;
  /** What is missing, a line each, for progress lines. */
  readonly awaiting: readonly string[];
  /** Those that can never get ready by themselves. */
  readonly failed: readonly FailedObject[];
}

/** Whether what is awaited is a count, such as `1/3 pods ready`, with or without a name in front; else it is a thing. */
export function isCount(awaiting: string): boolean {
  return /(^|: )\d+\/\d+ /.test(awaiting);
}

/** An object that has failed for good. */
export interface FailedObject {
  readonly object: ObjectRef;
  /** In the cluster's own words. */
  readonly reason: string;
}
