import { isMissing } from "../kube/api-error.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** A kind in a namespace. */
type Place = Pick<ObjectRef, "apiVersion" | "kind" | "namespace">;

/** Whatever scales: its targets' numbers of pods are its own. */
const AUTOSCALER = { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" } as const;

/** Kinds without a number of pods that are in most charts; any other kind may be scaled. */
const NEVER_SCALED: ReadonlySet<string> = new Set([
  "ConfigMap",
  "Secret",
  "Service",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "NetworkPolicy",
  "PodDisruptionBudget",
  "PersistentVolumeClaim",
  "Ingress",
  "Job",
  "CronJob",
  "DaemonSet",
  "HorizontalPodAutoscaler",
]);

/** How new what was listed has to be; see `LookOptions`. */
export interface LiveOptions {
  readonly since?: number;
}

/**
 * The objects of manifests as the cluster has them, read in bulk: one list a kind and namespace, shared with whoever else
 * looks through the same watch.
 */
export class LiveObjects {
  readonly #watch: WatchCache;
  readonly #onForbidden: (error: FlotillaError) => void;
  readonly #options: LiveOptions;

  /** @param onForbidden told of each kind that may not be read, each time */
  constructor(watch: WatchCache, onForbidden: (error: FlotillaError) => void, options: LiveOptions = {}) {
    this.#watch = watch;
    this.#onForbidden = onForbidden;
    this.#options = options;
  }

  /**
   * Lists what is not known yet, and the autoscalers of workloads.
   * @throws FlotillaError of a list, but for kinds that are forbidden or not served
   */
  async look(places: readonly Place[], signal: AbortSignal): Promise<void> {
    const scaled = places.filter(({ kind, namespace }) => namespace !== null && !NEVER_SCALED.has(kind));
    const autoscalers = scaled.map(({ namespace }) => ({ ...AUTOSCALER, namespace }));
    await Promise.all([this.#list(places, signal, this.#onForbidden), this.#list(autoscalers, signal, () => {})]);
  }

  async #list(
    places: readonly Place[],
    signal: AbortSignal,
    onForbidden: (error: FlotillaError) => void,
  ): Promise<void> {
    const wanted = new Map(places.map((place) => [`${place.apiVersion} ${place.kind} ${place.namespace}`, place]));
    await Promise.all(
      [...wanted.values()].map(async ({ apiVersion, kind, namespace }) => {
        try {
          await this.#watch.look({ apiVersion, kind }, namespace, signal, this.#options);
        } catch (error) {
          if (isMissing(error)) return;
          if (!(error instanceof FlotillaError) || error.code !== "forbidden") throw error;
          onForbidden(error);
        }
      }),
    );
  }

  /** An object of a place that was looked at: null when it is not there, undefined when it may not be read. */
  get(ref: ObjectRef): KubeObject | null | undefined {
    const state = this.#watch.stateOf(ref, ref.namespace);
    if (state === "known") return this.#watch.get(ref);
    return state !== "unknown" && isMissing(state) ? null : undefined;
  }

  /** The autoscalers of a namespace that workloads were looked at in; null when they may not be read. */
  autoscalers(namespace: string | null): readonly KubeObject[] | null {
    const state = this.#watch.stateOf(AUTOSCALER, namespace);
    if (state === "known") return this.#watch.list(AUTOSCALER, namespace);
    return state !== "unknown" && !isMissing(state) ? null : [];
  }
}
