import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { asList, asObject } from "../model/json.ts";

/**
 * What a cluster will serve once the CustomResourceDefinitions among the objects are there, in the two forms that
 * charts ask for (`.Capabilities.APIVersions.Has`): `group/version` and `group/version/Kind`. Sorted, no duplicates.
 */
export function apisOfCrds(objects: Iterable<KubeObject>): string[] {
  const kinds = kindsOfCrds(objects);
  return [...new Set(kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]))].sort();
}

/** A kind that a CustomResourceDefinition brings, in one of its versions. */
export interface DefinedKind extends Pick<ObjectRef, "apiVersion" | "kind"> {
  /** What its objects are called in paths: another definition may have taken the kind's name. */
  readonly plural: string;
}

/** The kinds that the CustomResourceDefinitions among the objects bring, in every version that is served. */
export function kindsOfCrds(objects: Iterable<KubeObject>): DefinedKind[] {
  return [...objects].flatMap(({ kind, spec }) => {
    if (kind !== "CustomResourceDefinition" || !spec) return [];
    const served = asList(spec["versions"])
      .map(asObject)
      .filter((version) => version["served"] !== false);
    const names = asObject(spec["names"]);
    return served.map((version) => ({
      apiVersion: `${String(spec["group"])}/${String(version["name"])}`,
      kind: String(names["kind"]),
      plural: String(names["plural"]),
    }));
  });
}
