import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { JsonObject } from "../model/json.ts";
import type { PodConnection, PodPort } from "./pod-port.ts";
import type { KindName, ResourceKind, ServedKind } from "./resource-kind.ts";

/** Which objects of a kind are meant, and how much of them. */
export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Only `metadata` is sent: no spec, no status, no data. */
  readonly metadataOnly?: boolean;
  /** Objects a page; 500 by default. Small pages hold memory down where objects are big. */
  readonly pageSize?: number;
  /** So many objects are enough: the list ends there. */
  readonly atMost?: number;
  /** Called with each object as it comes; what it gives is kept in its place. */
  readonly project?: (object: KubeObject) => KubeObject;
}

/** What a list gave. */
export interface ObjectList {
  readonly items: readonly KubeObject[];
  /** What the cluster had when the list was made; a watch goes on from here. */
  readonly resourceVersion: string;
}

/** Where a watch begins and how long it may be silent. */
export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string;
  /** Milliseconds without a byte after which the stream is ended. */
  readonly silenceMs: number;
}

/** One event of a watch. A bookmark's object holds nothing but its kind and a newer resourceVersion. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubeObject;
}

/** What happens to the objects that belong to one that is removed (Kubernetes, "Cascading deletion"). */
export type PropagationPolicy = "Foreground" | "Background" | "Orphan";

/** Conditions and reach of a removal. */
export interface RemoveOptions {
  readonly propagationPolicy?: PropagationPolicy;
  /** The object is removed only if it is still this very one; else a conflict. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** How an object is applied. */
export interface ApplyOptions {
  /** Takes fields over from other managers. */
  readonly force?: boolean;
  /** Nothing is stored; the answer is what would be. */
  readonly dryRun?: boolean;
  /** Under whose name; `flotilla` by default. */
  readonly fieldManager?: string;
}

/** Which log of a container, and how much of it. */
export interface PodLogOptions {
  readonly container: string;
  /** That of the container's life before its last restart. */
  readonly previous: boolean;
  /** Lines from the end. */
  readonly tailLines: number;
  /** What comes after so many bytes of those lines is left out. */
  readonly limitBytes: number;
}

/**
 * One cluster's API, over raw JSON. Every call throws FlotillaError `cluster-unreachable`, `cluster-unauthorized`,
 * `forbidden`, `interrupted`, or `api-failed` as a KubeApiError (see `isConflict`, `isAlreadyExists`, `isMissing`).
 */
export interface KubeClient {
  /** The kubeconfig context. */
  readonly context: string;
  /** True when the identity of the pod we run in is used: there is no kubeconfig, and helm must not be told a context. */
  readonly inCluster: boolean;
  /** True when a credential plugin logs in, which may read its own login from the environment. */
  readonly usesPlugin: boolean;
  /** The API server's URL. */
  readonly server: string;
  /** Such as `v1.36.3`. */
  version(signal: AbortSignal): Promise<string>;
  /** The kind's REST resource. @throws KubeApiError that `isMissing` when the cluster does not know the kind */
  resource(kind: KindName, signal: AbortSignal): Promise<ResourceKind>;
  /** Every kind that the cluster serves, each once, in the version that it prefers. */
  kinds(signal: AbortSignal): Promise<readonly ServedKind[]>;
  /** Every kind that the cluster serves, in each of its versions. */
  kindVersions(signal: AbortSignal): Promise<readonly ResourceKind[]>;
  /** Null when there is no such object, or no such kind. */
  get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | null>;
  /** @param namespace null for all namespaces, and for cluster-scoped kinds */
  list(kind: KindName, namespace: string | null, options: ListOptions, signal: AbortSignal): Promise<ObjectList>;
  /**
   * One stream of changes; ends when the server or silence ends it. `follow` in watch.ts goes on from there.
   * @throws also while it is read; KubeApiError that `isGone` when the resourceVersion is too old
   */
  openWatch(
    kind: KindName,
    namespace: string | null,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>>;
  /** Fails when it exists (`isAlreadyExists`). Gives the object as the cluster stored it. */
  create(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /**
   * What a create would give, admission and defaults included, with nothing stored.
   * @param timeoutSeconds how long the server goes on with it: a webhook whose packets get lost would else hold it for its
   * own time-out (30 s for cert-manager's), and answer long after it has come up
   */
  dryRunCreate(object: KubeObject, timeoutSeconds: number, signal: AbortSignal): Promise<KubeObject>;
  /** Replaces the object; a conflict (`isConflict`) when its resourceVersion is not the newest. */
  update(object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Server-side apply.
   * @throws KubeApiError with status 409 whose causes name each field that somebody else manages
   */
  apply(object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject>;
  /** JSON merge patch (RFC 7386): null removes a key. */
  mergePatch(ref: ObjectRef, patch: JsonObject, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Has a pod go as PodDisruptionBudgets allow, so that its controller makes it anew; false when it was not there.
   * @throws KubeApiError with status 429 when a budget stands against it
   */
  evict(pod: ObjectRef, signal: AbortSignal): Promise<boolean>;
  /** False when it was not there. The object may live on until its finalizers are done. */
  remove(ref: ObjectRef, options: RemoveOptions, signal: AbortSignal): Promise<boolean>;
  /** The last lines of a container's log. */
  podLog(namespace: string, pod: string, options: PodLogOptions, signal: AbortSignal): Promise<string>;
  /**
   * One connection to a port of a pod, by way of the API server (right: create `pods/portforward`). Where nobody listens,
   * the stream ends with an error, or this throws it.
   */
  portForward(target: PodPort, signal: AbortSignal): Promise<PodConnection>;
  /** Ends every connection. */
  close(): void;
}
