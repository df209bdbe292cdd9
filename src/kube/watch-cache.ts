import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { abortError, throwIfAborted } from "../runtime/abort.ts";
import type { KubeClient } from "./kube-client.ts";
import { projectionFor } from "./projection.ts";
import type { KindName } from "./resource-kind.ts";
import { follow, WATCH_TIMES, type WatchTimes } from "./watch.ts";

/** One kind in one namespace. */
interface Entry {
  readonly objects: Map<string, KubeObject>;
  /** Resolves after the first list; rejects when the watch is given up before. */
  readonly ready: Promise<void>;
  /** Why the watch was given up; null while it goes on. */
  failure: FlotillaError | null;
}

/**
 * The newest state of what a run looks at, shared by all its releases: one watch a kind and namespace, begun when first
 * asked for. Namespaced kinds are watched in the namespaces that are asked for only.
 */
export class WatchCache {
  readonly #client: KubeClient;
  readonly #times: WatchTimes;
  readonly #closing = new AbortController();
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #announced = true;

  constructor(client: KubeClient, times: WatchTimes = WATCH_TIMES) {
    this.#client = client;
    this.#times = times;
  }

  /** Grows with every change; to be read before the objects are looked at, and given to {@link changedSince}. */
  get version(): number {
    return this.#version;
  }

  /**
   * Begins to watch a kind, if that is not done yet, and waits until its objects are known.
   * @param namespace null for cluster-scoped kinds
   * @throws FlotillaError of the watch when it is given up, such as `forbidden`; `interrupted`
   */
  async ensure(kind: KindName, namespace: string | null, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    throwIfAborted(this.#closing.signal);
    const key = keyOf(kind, namespace);
    const known = this.#entries.get(key);
    const entry = known && known.failure === null ? known : this.#begin(key, kind, namespace);
    await unlessAborted(entry.ready, signal);
    if (entry.failure) throw entry.failure;
  }

  /**
   * The object as last seen; null when there is none.
   * @throws FlotillaError of its watch when that was given up; `internal` when its kind is not watched there
   */
  get(ref: ObjectRef): KubeObject | null {
    return this.#watched(ref, ref.namespace).objects.get(ref.name) ?? null;
  }

  /** All objects of a kind in a namespace. @throws FlotillaError as {@link get} does */
  list(kind: KindName, namespace: string | null): readonly KubeObject[] {
    return [...this.#watched(kind, namespace).objects.values()];
  }

  /** Calls the listener after changes, once for those that come together. @returns what ends that */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Waits until something has changed since a {@link version}; at once when that is so already. A watch that is given up
   * is a change too: {@link get} then throws its error to those who look at its objects, and to nobody else.
   * @throws FlotillaError `interrupted` on abort and on close
   */
  async changedSince(version: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      throwIfAborted(signal);
      throwIfAborted(this.#closing.signal);
      if (this.#version !== version) return;
      let stop = (): void => {};
      const changed = new Promise<void>((resolve) => {
        stop = this.subscribe(resolve);
      });
      await unlessAborted(changed, signal).finally(() => stop());
    }
  }

  /** Ends every watch, and everybody's waiting. */
  close(): void {
    this.#closing.abort();
    this.#announce();
  }

  #begin(key: string, kind: KindName, namespace: string | null): Entry {
    const objects = new Map<string, KubeObject>();
    let resolveReady = (): void => {};
    const ready = new Promise<void>((resolve) => {
      resolveReady = resolve;
    });
    const entry: Entry = { objects, ready, failure: null };
    this.#entries.set(key, entry);
    const handler = {
      listed: (listed: readonly KubeObject[]): void => {
        objects.clear();
        for (const object of listed) objects.set(object.metadata.name, object);
        resolveReady();
        this.#announce();
      },
      changed: (object: KubeObject): void => {
        objects.set(object.metadata.name, object);
        this.#announce();
      },
      deleted: (object: KubeObject): void => {
        objects.delete(object.metadata.name);
        this.#announce();
      },
    };
    const selection = { kind, namespace, ...projectionFor(kind) };
    void follow(this.#client, selection, handler, this.#times, this.#closing.signal).then((failure) => {
      entry.failure = failure ?? abortError(this.#closing.signal);
      resolveReady();
      this.#announce();
    });
    return entry;
  }

  #watched(kind: KindName, namespace: string | null): Entry {
    const entry = this.#entries.get(keyOf(kind, namespace));
    if (entry?.failure) throw entry.failure;
    if (entry) return entry;
    throw new FlotillaError("internal", `${kind.kind} in ${namespace ?? "the cluster"} is looked at but not watched.`);
  }

  #announce(): void {
    this.#version += 1;
    if (!this.#announced) return;
    this.#announced = false;
    // One turn later, so that the events of one chunk are told as one.
    setImmediate(() => {
      this.#announced = true;
      for (const listener of this.#listeners) listener();
    });
  }
}

function keyOf(kind: KindName, namespace: string | null): string {
  return `${kind.apiVersion} ${kind.kind} ${namespace ?? ""}`;
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortError(signal));
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
