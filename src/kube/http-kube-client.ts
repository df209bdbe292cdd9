import type { JsonObject, JsonValue } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { isGone, isMissing, type RequestPurpose } from "./api-error.ts";
import { Discovery } from "./discovery.ts";
import type { ApiRequest } from "./exchange.ts";
import type {
  ApplyOptions,
  KubeClient,
  ListOptions,
  ObjectList,
  PodLogOptions,
  RemoveOptions,
  WatchEvent,
  WatchOptions,
} from "./kube-client.ts";
import type { PodConnection, PodPort } from "./pod-port.ts";
import { openPortForward } from "./port-forward.ts";
import { type KindName, type ResourceKind, resourceName, type ServedKind } from "./resource-kind.ts";
import { type Query, resourcePath } from "./resource-path.ts";
import type { Transport } from "./transport.ts";
import { watchEvents } from "./watch-stream.ts";

/** The name under which the cluster remembers which fields are ours. */
const FIELD_MANAGER = "flotilla";

const PAGE_SIZE = 500;

/** Seconds after which the server ends a watch by itself, chosen by chance so that ours do not end together. */
const WATCH_SECONDS = { least: 300, spread: 300 };

/** A list or a table of metadata, as far as it is read. */
interface ListAnswer {
  readonly items: readonly KubeObject[] | null;
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
}

/** {@link KubeClient} over HTTP. */
export class HttpKubeClient implements KubeClient {
  readonly #transport: Transport;
  readonly #discovery: Discovery;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#discovery = new Discovery(transport);
  }

  get context(): string {
    return this.#transport.context;
  }

  get inCluster(): boolean {
    return this.#transport.inCluster;
  }

  get usesPlugin(): boolean {
    return this.#transport.usesPlugin;
  }

  get server(): string {
    return this.#transport.server;
  }

  async version(signal: AbortSignal): Promise<string> {
    const purpose = { verb: "get", target: "the version" };
    const answer = JSON.parse(await this.#transport.text({ method: "GET", path: "/version", purpose }, signal)) as {
      readonly gitVersion: string;
    };
    return answer.gitVersion;
  }

  resource(kind: KindName, signal: AbortSignal): Promise<ResourceKind> {
    return this.#discovery.find(kind, signal);
  }

  kinds(signal: AbortSignal): Promise<readonly ServedKind[]> {
    return this.#discovery.all(signal);
  }

  kindVersions(signal: AbortSignal): Promise<readonly ResourceKind[]> {
    return this.#discovery.versions(signal);
  }

  async get(ref: ObjectRef, signal: AbortSignal): Promise<KubeObject | null> {
    try {
      return await this.#onObject("GET", "get", ref, {}, signal);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async list(kind: KindName, namespace: string | null, options: ListOptions, signal: AbortSignal): Promise<ObjectList> {
    const resource = await this.resource(kind, signal);
    try {
      return await this.#listPages(resource, namespace, options, options.pageSize ?? PAGE_SIZE, signal);
    } catch (error) {
      // The pages took so long that their snapshot is gone: all of it in one answer.
      if (isGone(error)) return this.#listPages(resource, namespace, options, undefined, signal);
      throw error;
    }
  }

  async openWatch(
    kind: KindName,
    namespace: string | null,
    options: WatchOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent>> {
    const resource = await this.resource(kind, signal);
    const purpose = { verb: "watch", target: collectionText(resource, namespace) };
    const query = {
      ...selectors(options),
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: options.resourceVersion,
      timeoutSeconds: WATCH_SECONDS.least + Math.floor(Math.random() * WATCH_SECONDS.spread),
    };
    const request: ApiRequest = {
      method: "GET",
      path: resourcePath(resource, namespace, null, query),
      accept: options.metadataOnly ? accepting("PartialObjectMetadata") : "application/json",
      purpose,
    };
    const context = { kind: resource, purpose, server: this.server, silenceMs: options.silenceMs };
    return this.#transport.send(request, signal, async (response) => watchEvents(response, context));
  }

  create(object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    return this.#post(object, {}, signal);
  }

  dryRunCreate(object: KubeObject, timeoutSeconds: number, signal: AbortSignal): Promise<KubeObject> {
    return this.#post(object, { dryRun: "All", timeout: `${timeoutSeconds}s` }, signal);
  }

  update(object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const query = { fieldManager: FIELD_MANAGER };
    return this.#onObject("PUT", "update", refTo(object), { query, body: object }, signal);
  }

  apply(object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject> {
    const { force, dryRun = false, fieldManager = FIELD_MANAGER } = options;
    const query = { fieldManager, force, dryRun: dryRun ? "All" : undefined };
    const extra = { query, body: object, contentType: "application/apply-patch+yaml" };
    return this.#onObject("PATCH", "patch", refTo(object), extra, signal);
  }

  mergePatch(ref: ObjectRef, patch: JsonObject, signal: AbortSignal): Promise<KubeObject> {
    const extra = {
      query: { fieldManager: FIELD_MANAGER },
      body: patch,
      contentType: "application/merge-patch+json",
    };
    return this.#onObject("PATCH", "patch", ref, extra, signal);
  }

  async evict(pod: ObjectRef, signal: AbortSignal): Promise<boolean> {
    const resource = await this.resource(pod, signal);
    const { name, namespace } = pod;
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
    const path = `${resourcePath(resource, namespace, name, {})}/eviction`;
    try {
      await this.#transport.text(
        { method: "POST", path, body, purpose: objectPurpose("evict", resource, pod) },
        signal,
      );
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async remove(ref: ObjectRef, options: RemoveOptions, signal: AbortSignal): Promise<boolean> {
    const { propagationPolicy, uid, resourceVersion } = options;
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
    const body = {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(propagationPolicy && { propagationPolicy }),
      ...(Object.keys(preconditions).length > 0 && { preconditions }),
    };
    try {
      await this.#onObject("DELETE", "delete", ref, { body }, signal);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  podLog(namespace: string, pod: string, options: PodLogOptions, signal: AbortSignal): Promise<string> {
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(options)) parameters.set(key, String(value));
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${parameters}`;
    const purpose = { verb: "get", target: `the log of pod "${pod}" in namespace ${namespace}` };
    return this.#transport.text({ method: "GET", path, accept: "*/*", purpose }, signal);
  }

  async portForward(target: PodPort, signal: AbortSignal): Promise<PodConnection> {
    return openPortForward(await this.#transport.access(signal), target, signal);
  }

  close(): void {
    this.#transport.close();
  }

  async #post(object: KubeObject, query: Query, signal: AbortSignal): Promise<KubeObject> {
    const resource = await this.resource(object, signal);
    const namespace = object.metadata.namespace ?? null;
    const path = resourcePath(resource, namespace, null, { fieldManager: FIELD_MANAGER, ...query });
    const purpose = objectPurpose("create", resource, refTo(object));
    return this.#object({ method: "POST", path, body: object, purpose }, signal);
  }

  async #onObject(
    method: ApiRequest["method"],
    verb: string,
    ref: ObjectRef,
    extra: { readonly query?: Query; readonly body?: JsonValue; readonly contentType?: string },
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const resource = await this.resource(ref, signal);
    const { query = {}, ...rest } = extra;
    const path = resourcePath(resource, ref.namespace, ref.name, query);
    return this.#object({ method, path, purpose: objectPurpose(verb, resource, ref), ...rest }, signal);
  }

  async #object(request: ApiRequest, signal: AbortSignal): Promise<KubeObject> {
    return JSON.parse(await this.#transport.text(request, signal)) as KubeObject;
  }

  async #listPages(
    kind: ResourceKind,
    namespace: string | null,
    options: ListOptions,
    pageSize: number | undefined,
    signal: AbortSignal,
  ): Promise<ObjectList> {
    const items: KubeObject[] = [];
    const { atMost = Infinity } = options;
    const project = options.project ?? ((object) => object);
    for (let token: string | undefined; ;) {
      const query = { ...selectors(options), limit: limitOf(pageSize, atMost), continue: token };
      const request: ApiRequest = {
        method: "GET",
        path: resourcePath(kind, namespace, null, query),
        accept: options.metadataOnly ? accepting("PartialObjectMetadataList") : "application/json",
        purpose: { verb: "list", target: collectionText(kind, namespace) },
      };
      const page = JSON.parse(await this.#transport.text(request, signal)) as ListAnswer;
      // Objects in lists do not say what they are.
      for (const item of page.items ?? []) {
        items.push(project({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
      }
      token = page.metadata.continue || undefined;
      if (token === undefined || items.length >= atMost)
        return { items, resourceVersion: page.metadata.resourceVersion ?? "" };
    }
  }
}

function limitOf(pageSize: number | undefined, atMost: number): number | undefined {
  return atMost === Infinity ? pageSize : Math.min(pageSize ?? atMost, atMost);
}

function selectors(options: ListOptions): Query {
  return { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
}

/** The media type by which the API server sends a kind of its own making instead of the object. */
function accepting(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}

function refTo(object: KubeObject): ObjectRef {
  const { name, namespace = null } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, namespace, name };
}

function collectionText(kind: ResourceKind, namespace: string | null): string {
  return `${resourceName(kind)}${kind.namespaced && namespace !== null ? ` in namespace ${namespace}` : ""}`;
}

function objectPurpose(verb: string, kind: ResourceKind, ref: ObjectRef): RequestPurpose {
  const where = kind.namespaced && ref.namespace !== null ? ` in namespace ${ref.namespace}` : "";
  return { verb, target: `${resourceName(kind)} "${ref.name}"${where}` };
}
