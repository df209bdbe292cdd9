import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { apiGroup } from "../manifest/cluster-scope.ts";
import { asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { AccessNeed } from "../preflight/access-needs.ts";

/** A REST resource, as far as authorizers look at it. */
interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * The REST resources that rendered objects are, and the namespaces they go to; no duplicates. Kinds whose CRDs are
 * rendered as well are known from those; others that the cluster does not know are left out.
 */
export async function renderedResources(
  client: KubeClient,
  rendered: readonly { readonly namespace: string; readonly objects: readonly KubeObject[] }[],
  signal: AbortSignal,
): Promise<readonly Omit<AccessNeed, "verb">[]> {
  const defined = definedKinds(rendered.flatMap(({ objects }) => objects));
  const found = new Map<string, Omit<AccessNeed, "verb">>();
  for (const { namespace, objects } of rendered) {
    for (const { apiVersion, kind, metadata } of objects) {
      const group = apiGroup(apiVersion);
      const resource = defined.get(`${group}/${kind}`) ?? (await knownKind(client, { apiVersion, kind }, signal));
      if (resource === null) continue;
      const place = resource.namespaced ? (metadata.namespace ?? namespace) : null;
      found.set(`${group}/${resource.plural} ${place ?? ""}`, { group, resource: resource.plural, namespace: place });
    }
  }
  return [...found.values()];
}

async function knownKind(
  client: KubeClient,
  name: { readonly apiVersion: string; readonly kind: string },
  signal: AbortSignal,
): Promise<Resource | null> {
  try {
    return await client.resource(name, signal);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function definedKinds(objects: readonly KubeObject[]): ReadonlyMap<string, Resource> {
  const crds = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
  return new Map(
    crds.map(({ spec }) => {
      const names = asObject(spec?.["names"]);
      const resource = { plural: asText(names["plural"]) ?? "", namespaced: spec?.["scope"] !== "Cluster" };
      return [`${String(spec?.["group"])}/${String(names["kind"])}`, resource];
    }),
  );
}
