import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { objectKey } from "../manifest/object-ref.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** What a look at metadata found. */
export interface LiveMetadata {
  /** By {@link objectKey}. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Whether some of it may not be looked at; that counts as not there. */
  readonly isPartial: boolean;
}

/**
 * Which of some objects are there, and their metadata: one request for each kind in each namespace. Kinds that the cluster
 * does not know have no objects.
 */
export async function liveMetadata(
  client: KubeClient,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<LiveMetadata> {
  const places = new Map<string, ObjectRef[]>();
  for (const ref of refs) {
    const place = `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ""}`;
    places.set(place, [...(places.get(place) ?? []), ref]);
  }
  const found = await Promise.all([...places.values()].map((place) => listed(client, place, signal)));
  return { objects: new Map(found.flatMap((list) => list ?? [])), isPartial: found.includes(null) };
}

/** Null where they may not be looked at. @param refs of one kind in one namespace */
async function listed(
  client: KubeClient,
  refs: readonly ObjectRef[],
  signal: AbortSignal,
): Promise<readonly (readonly [string, KubeObject])[] | null> {
  const [first] = refs;
  if (first === undefined) return [];
  const { apiVersion, kind, namespace } = first;
  const selection = refs.length === 1 ? { fieldSelector: `metadata.name=${first.name}` } : {};
  try {
    const options = { ...selection, metadataOnly: true };
    const { items } = await client.list({ apiVersion, kind }, namespace, options, signal);
    return items.map((item) => [objectKey({ apiVersion, kind, namespace, name: item.metadata.name }), item]);
  } catch (error) {
    if (isMissing(error)) return [];
    if (error instanceof FlotillaError && error.code === "forbidden") return null;
    throw error;
  }
}
