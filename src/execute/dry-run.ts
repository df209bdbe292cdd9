import { meaningOf } from "../gates/judge-refusal.ts";
import { KubeApiError } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { RunState } from "./run-state.ts";

/** What a dry run of a create brought. */
export type DryRun =
  /** The object as the cluster would store it. */
  | { readonly outcome: "taken"; readonly object: KubeObject }
  /** `meaningOf` says what the refusal means; `message` has the server's own words. */
  | { readonly outcome: "denied" | "waiting" | "blind"; readonly message: string };

/** Milliseconds between two tries of a gate: nothing announces that a webhook answers. */
export const TRY_EVERY_MS = 250;

/**
 * Seconds that the API server may take for a try, by how many before it got no answer. One that meets an istiod which has just
 * gone hangs for as long as it may, and the next finds the new one; webhooks that are slow for good get their time too.
 */
const TRY_SECONDS = [1, 2, 5] as const;

/** Has the cluster try a create, admission included, with nothing stored. To be made anew for each gate. */
export class DryRunner {
  readonly #client: KubeClient;
  #unanswered = 0;

  constructor({ client }: Pick<RunState, "client">) {
    this.#client = client;
  }

  /** @throws FlotillaError `cluster-unreachable` when the cluster does not answer, also within its time; when the signal aborts */
  async create(object: KubeObject, signal: AbortSignal): Promise<DryRun> {
    const timeoutSeconds = TRY_SECONDS[Math.min(this.#unanswered, TRY_SECONDS.length - 1)] ?? TRY_SECONDS[0];
    this.#unanswered += 1;
    const result = await this.#try(object, timeoutSeconds, signal);
    if (result.outcome !== "waiting") this.#unanswered = 0;
    return result;
  }

  async #try(object: KubeObject, timeoutSeconds: number, signal: AbortSignal): Promise<DryRun> {
    try {
      return { outcome: "taken", object: await this.#client.dryRunCreate(object, timeoutSeconds, signal) };
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      const { status, message, code } = error;
      return { outcome: meaningOf({ status, message, forbidden: code === "forbidden" }), message };
    }
  }
}
