import type { Readiness } from "../model/readiness.ts";

/** Nothing is missing. @param reason worth saying all the same, such as that a deployment is paused */
export function ready(reason: string | null = null): Readiness {
  return { state: "ready", awaiting: null, reason };
}

/** Something is still missing. */
export function waiting(awaiting: string, reason: string | null = null): Readiness {
  return { state: "waiting", awaiting, reason };
}

/** Waiting longer cannot help. */
export function failed(awaiting: string, reason: string): Readiness {
  return { state: "failed", awaiting, reason };
}
