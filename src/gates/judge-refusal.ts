/** How the API server refused a dry run, as far as a gate needs to know. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** True when it was the user's rights that were missing. */
  readonly forbidden: boolean;
  readonly message: string;
}

/**
 * What a refused dry run says: `denied` admission has looked at it and said no (a quota, a policy, a webhook); `waiting`
 * it could not be looked at yet; `blind` this way nothing can be learnt, now or later.
 */
export type RefusalMeaning = "denied" | "waiting" | "blind";

/** Words of the API server for what admission denied (k8s.io/apiserver admission plugins). */
const DENIED =
  /exceeded quota|violates PodSecurity|denied the request|denied request|maximum .* usage per|minimum .* usage per/;

/** Words for what passes: a namespace or service account that is new or going, a webhook that does not answer. */
const PASSING =
  /failed calling webhook|error looking up service account|being terminated|no API token found|namespaces "[^"]*" not found/;

/** Tells what a refused dry run means. Source of the words: k8s.io/apiserver `plugin/webhook`, Kubernetes' admission plugins. */
export function meaningOf({ status, forbidden, message }: Refusal): RefusalMeaning {
  if (forbidden || /does not support dry run|server could not find the requested resource/.test(message))
    return "blind";
  if (PASSING.test(message)) return "waiting";
  if (DENIED.test(message)) return "denied";
  return status >= 500 || status === 429 ? "waiting" : "blind";
}
