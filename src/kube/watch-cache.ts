import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { abortError, throwIfAborted, unlessAborted } from "../runtime/abort.ts";
import type { KubeClient } from "./kube-client.ts";
import { projectionFor } from "./projection.ts";
import type { KindName } from "./resource-kind.ts";
import { follow, WATCH_TIMES, type WatchTimes } from "./watch.ts";

/** One kind in one namespace. */
interface Entry {
  readonly objects: Map<string, KubeObject>;
  /** When its list was asked for, by `performance.now()`. */
  readonly begunAt: number;
  /** Resolves after the first list, or when the watch is given up before. */
  readonly ready: Promise<void>;
  /** When the list was asked for that its objects come from: the one before, until its own is there. Null before the first. */
  listedAt: number | null;
  /** Why the watch was given up; null while it goes on. */
  failure: FlotillaError | null;
  streaming: boolean;
  /** Lets its stream begin. */
  readonly stream: () => void;
  readonly stop: AbortController;
}

/** How much of each object is wanted, and how new it has to be. */
export interface LookOptions {
  /** What was listed before this moment (`performance.now()`) is listed again. Any list will do by default. */
  readonly since?: number;
  /** `metadata` where nothing else is looked at: no spec, no status, no data. All of it by default. */
  readonly detail?: Detail;
}

/** How much of an object is kept. */
export type Detail = "full" | "metadata";

/**
 * The newest state of what a run looks at, shared by all its releases: one list a kind and namespace when it is first
 * asked for, and one watch when somebody waits for changes. Namespaced kinds are looked at in the namespaces that are
 * asked for only.
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
   * Makes the objects of a kind known; without {@link ensure} they stay as they were listed.
   * @param namespace null for cluster-scoped kinds
   * @throws FlotillaError of the list or watch when it is given up, such as `forbidden`; `interrupted`
   */
  async look(kind: KindName, namespace: string | null, signal: AbortSignal, options: LookOptions = {}): Promise<void> {
    const key = keyOf(kind, namespace, options.detail);
    for (;;) {
      throwIfAborted(signal);
      throwIfAborted(this.#closing.signal);
      const known = this.#entries.get(key);
      const usable = known && known.failure === null && known.begunAt >= (options.since ?? 0);
      const entry = usable ? known : this.#begin(key, kind, namespace, options.detail);
      await unlessAborted(entry.ready, signal);
      // Somebody wanted a newer list meanwhile: that one is waited for.
      if (this.#entries.get(key) !== entry) continue;
      if (entry.failure) throw entry.failure;
      return;
    }
  }

  /** Like {@link look}, and begins to watch the kind if that is not done yet. @throws as {@link look} does */
  async ensure(
    kind: KindName,
    namespace: string | null,
    signal: AbortSignal,
    options: LookOptions = {},
  ): Promise<void> {
    const looked = this.look(kind, namespace, signal, options);
    this.follow(kind, namespace, options.detail);
    await looked;
  }

  /** Begins to watch what was looked at. */
  follow(kind: KindName, namespace: string | null, detail?: Detail): void {
    this.#entries.get(keyOf(kind, namespace, detail))?.stream();
  }

  /**
   * Whether the objects of a kind are known, as new as wanted; the error when its watch was given up. Says so at once,
   * for whoever must not wait.
   */
  stateOf(kind: KindName, namespace: string | null, options: LookOptions = {}): "known" | "unknown" | FlotillaError {
    const { since = 0, detail } = options;
    const entry = this.#entries.get(keyOf(kind, namespace, detail));
    if (!entry) return "unknown";
    if (entry.failure) return entry.begunAt < since ? "unknown" : entry.failure;
    return entry.listedAt === null || entry.listedAt < since ? "unknown" : "known";
  }

  /**
   * The object as last seen; null when there is none.
   * @throws FlotillaError of its watch when that was given up; `internal` when its kind is not watched there
   */
  get(ref: ObjectRef, detail?: Detail): KubeObject | null {
    return this.#watched(ref, ref.namespace, detail).objects.get(ref.name) ?? null;
  }

  /** All objects of a kind in a namespace. @throws FlotillaError as {@link get} does */
  list(kind: KindName, namespace: string | null, detail?: Detail): readonly KubeObject[] {
    return [...this.#watched(kind, namespace, detail).objects.values()];
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
    for (const { stop } of this.#entries.values()) stop.abort();
    this.#announce();
  }

  /** Lists anew; what was known before stands until the list is there. */
  #begin(key: string, kind: KindName, namespace: string | null, detail: Detail = "full"): Entry {
    const before = this.#entries.get(key);
    const objects = new Map(before?.objects);
    const [ready, resolveReady] = deferred();
    const [streamAfter, startStream] = deferred();
    const begunAt = performance.now();
    const entry: Entry = {
      objects,
      begunAt,
      ready,
      listedAt: before?.failure === null ? before.listedAt : null,
      failure: null,
      streaming: false,
      stream: () => {
        entry.streaming = true;
        startStream();
      },
      stop: new AbortController(),
    };
    this.#entries.set(key, entry);
    before?.stop.abort();
    if (before?.streaming) entry.stream();
    const handler = {
      listed: (listed: readonly KubeObject[]): void => {
        objects.clear();
        for (const object of listed) objects.set(object.metadata.name, object);
        entry.listedAt = begunAt;
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
    const projection = detail === "metadata" ? { metadataOnly: true } : projectionFor(kind);
    const selection = { kind, namespace, streamAfter, ...projection };
    void follow(this.#client, selection, handler, this.#times, entry.stop.signal).then((failure) => {
      if (failure !== null) entry.failure = failure;
      else if (this.#closing.signal.aborted) entry.failure = abortError(this.#closing.signal);
      resolveReady();
      this.#announce();
    });
    return entry;
  }

  #watched(kind: KindName, namespace: string | null, detail: Detail = "full"): Entry {
    const entry = this.#entries.get(keyOf(kind, namespace, detail));
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

function keyOf(kind: KindName, namespace: string | null, detail: Detail = "full"): string {
  return `${kind.apiVersion} ${kind.kind} ${namespace ?? ""} ${detail}`;
}

function deferred(): readonly [promise: Promise<void>, resolve: () => void] {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}
