import { isMissing } from "../kube/api-error.ts";
import type { Detail, LookOptions, WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ClusterView, KindRef } from "../readiness/cluster-view.ts";

/** A kind in a namespace that was asked for. */
interface Asked {
  readonly kind: KindRef;
  readonly namespace: string | null;
}

/** What the rest of a {@link WatchedView} is told. */
export interface ViewOptions extends LookOptions {
  /** Called for each kind that may not be read, each time it is asked for. */
  readonly onForbidden: (error: FlotillaError) => void;
}

/**
 * The cluster as the watch has it, for rules that are pure: whatever they ask for and is not known yet they first see as
 * empty; {@link settled} then lists it and lets them look again, until they have seen all that they asked for.
 */
export class WatchedView implements ClusterView {
  readonly #watch: WatchCache;
  readonly #options: ViewOptions;
  readonly #asked = new Map<string, Asked>();
  #unknown: Asked[] = [];
  #unserved: Asked[] = [];

  constructor(watch: WatchCache, options: ViewOptions) {
    this.#watch = watch;
    this.#options = options;
  }

  get(ref: ObjectRef): KubeObject | null | "forbidden" {
    const state = this.#ask(ref, ref.namespace);
    return state === "known" ? this.#watch.get(ref, this.#detail) : state === "forbidden" ? state : null;
  }

  list(kind: KindRef, namespace: string | null): readonly KubeObject[] | null {
    const state = this.#ask(kind, namespace);
    return state === "known" ? this.#watch.list(kind, namespace, this.#detail) : state === "forbidden" ? null : [];
  }

  /** What `judge` says once it has seen everything that it asks for. @throws FlotillaError of a list that failed */
  async settled<T>(judge: (view: ClusterView) => T, signal: AbortSignal): Promise<T> {
    for (;;) {
      this.#unknown = [];
      this.#unserved = [];
      const judged = judge(this);
      if (this.#unknown.length === 0) return judged;
      // A failure stands in the watch, and is dealt with when it is asked for again.
      const looks = this.#unknown.map(({ kind, namespace }) =>
        this.#watch.look(kind, namespace, signal, this.#options).catch((error: unknown) => {
          if (signal.aborted || !(error instanceof FlotillaError)) throw error;
        }),
      );
      await Promise.all(looks);
    }
  }

  /** Begins to watch everything that was asked for so far. */
  follow(): void {
    for (const { kind, namespace } of this.#asked.values()) this.#watch.follow(kind, namespace, this.#detail);
  }

  /** True when something was asked for that the cluster does not serve: no event tells when it does. */
  get lacksKinds(): boolean {
    return this.#unserved.length > 0;
  }

  /** Asks the cluster again for the kinds that it did not serve. */
  async askAgain(signal: AbortSignal): Promise<void> {
    const options = { ...this.#options, since: performance.now() };
    await Promise.all(
      this.#unserved.map(({ kind, namespace }) =>
        this.#watch.look(kind, namespace, signal, options).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        }),
      ),
    );
  }

  get #detail(): Detail | undefined {
    return this.#options.detail;
  }

  #ask(kind: KindRef, namespace: string | null): "known" | "unknown" | "forbidden" {
    const { apiVersion, kind: name } = kind;
    const asked: Asked = { kind: { apiVersion, kind: name }, namespace };
    this.#asked.set(`${apiVersion} ${name} ${namespace}`, asked);
    const state = this.#watch.stateOf(kind, namespace, this.#options);
    if (state === "known") return state;
    if (state === "unknown") {
      this.#unknown.push(asked);
      return state;
    }
    if (isMissing(state)) {
      this.#unserved.push(asked);
      return "unknown";
    }
    if (state.code !== "forbidden") throw state;
    this.#options.onForbidden(state);
    return "forbidden";
  }
}
