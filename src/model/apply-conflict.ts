import type { ObjectRef } from "./kube-object.ts";

/** A field that a release sets to something else than another manager has set it to, and keeps a claim on. */
export interface ApplyConflict {
  readonly release: string;
  readonly object: ObjectRef;
  /** Who holds it, by the name that the API server knows: `kubectl-edit`, `pilot-discovery`, a Helm release. */
  readonly manager: string;
  /** As the API server names it, such as `.spec.replicas`; null when the whole object is in other hands. */
  readonly field: string | null;
  /** What is there, as compact JSON; null when nothing is, or it cannot be told. Secrets are masked. */
  readonly live: string | null;
  /** What the release sets, likewise. */
  readonly wanted: string | null;
  /** What is known to settle just this one; null when nothing is. */
  readonly remedy: string | null;
}
