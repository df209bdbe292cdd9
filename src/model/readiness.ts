/** What a readiness rule says of one live object. */
export interface Readiness {
  /** `failed` is final: waiting longer cannot help. */
  readonly state: "ready" | "waiting" | "failed";
  /** What is still missing, for progress lines, such as `1/3 pods ready`; null when ready. */
  readonly awaiting: string | null;
  /** Why it failed or hangs, in the cluster's own words; null when there is nothing to say. */
  readonly reason: string | null;
}
