import { unlessAborted } from "../runtime/abort.ts";
import { KubeApiError } from "./api-error.ts";
import { builtInKind, type KindName, resourceName, type ResourceKind, type ServedKind } from "./resource-kind.ts";
import type { Transport } from "./transport.ts";

/** The aggregated discovery document, one request for all groups (Kubernetes ≥ 1.30: v2). */
const ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The parts of an APIGroupDiscoveryList that are read. */
interface GroupList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly scope: string;
        readonly verbs?: readonly string[];
        readonly responseKind?: { readonly kind?: string };
      }[];
    }[];
  }[];
}

/** Finds the REST resource of any kind; asks the cluster once, and again when a kind is not known yet. */
export class Discovery {
  readonly #transport: Transport;
  #known: Promise<ReadonlyMap<string, ServedKind>> | null = null;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @throws KubeApiError with status 404 when the cluster has no such kind; FlotillaError as every request does */
  async find(name: KindName, signal: AbortSignal): Promise<ResourceKind> {
    const builtIn = builtInKind(name);
    if (builtIn) return builtIn;
    const asked = this.#known !== null;
    const found = (await this.#load(signal)).get(keyOf(name));
    if (found) return found;
    if (asked) {
      this.#known = null;
      const late = (await this.#load(signal)).get(keyOf(name));
      if (late) return late;
    }
    throw new KubeApiError(
      "api-failed",
      `The cluster has no kind ${name.kind} in ${name.apiVersion}.`,
      404,
      "NotFound",
      { hint: "Its CustomResourceDefinition is not installed, or not established yet." },
    );
  }

  /** Every kind once, in the version that the cluster prefers. Throws what every request does. */
  async all(signal: AbortSignal): Promise<readonly ServedKind[]> {
    const preferred = new Map<string, ServedKind>();
    for (const kind of (await this.#load(signal)).values()) {
      const name = resourceName(kind);
      // The cluster lists a group's versions by preference.
      if (!preferred.has(name)) preferred.set(name, kind);
    }
    return [...preferred.values()];
  }

  /** Every kind, in each of its versions. Throws what every request does. */
  async versions(signal: AbortSignal): Promise<readonly ServedKind[]> {
    return [...(await this.#load(signal)).values()];
  }

  #load(signal: AbortSignal): Promise<ReadonlyMap<string, ServedKind>> {
    const loading = (this.#known ??= this.#request(this.#transport.closed));
    // A failed answer is not kept.
    loading.catch(() => {
      if (this.#known === loading) this.#known = null;
    });
    // Many wait for one answer: an abort ends the waiting of one, not the answer of the others.
    return unlessAborted(loading, signal);
  }

  async #request(signal: AbortSignal): Promise<ReadonlyMap<string, ServedKind>> {
    const read = async (path: string): Promise<GroupList> => {
      const purpose = { verb: "get", target: "the list of API resources" };
      // The shape is fixed by the media type that was asked for; every field that may be missing is optional in it.
      return JSON.parse(
        await this.#transport.text({ method: "GET", path, accept: ACCEPT, purpose }, signal),
      ) as GroupList;
    };
    const kinds = new Map<string, ServedKind>();
    for (const list of await Promise.all([read("/api"), read("/apis")])) {
      for (const kind of kindsOf(list)) kinds.set(keyOf(kind), kind);
    }
    return kinds;
  }
}

function kindsOf(list: GroupList): readonly ServedKind[] {
  return (list.items ?? []).flatMap((group) =>
    (group.versions ?? []).flatMap(({ version, resources }) =>
      (resources ?? []).flatMap(({ resource, scope, verbs = [], responseKind }) => {
        const groupName = group.metadata?.name ?? "";
        const apiVersion = groupName === "" ? version : `${groupName}/${version}`;
        const kind = responseKind?.kind ?? "";
        return kind === "" ? [] : [{ apiVersion, kind, plural: resource, namespaced: scope === "Namespaced", verbs }];
      }),
    ),
  );
}

function keyOf(name: KindName): string {
  return `${name.apiVersion} ${name.kind}`;
}
