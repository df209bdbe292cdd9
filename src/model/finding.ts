/** One thing that a look at tools, cluster and stack has found, before anything is touched: a line of `doctor`. */
export interface Finding {
  /** Stable, in kebab case, such as `kubernetes-unsupported`; scripts may look for it. */
  readonly code: string;
  /** `error`: `up` refuses. `warning`: `up` says it and goes on. `info`: only `doctor` says it. */
  readonly severity: "error" | "warning" | "info";
  /** What was found, where, and why it matters. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}
