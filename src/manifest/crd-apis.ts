import type { KubeObject } from "../model/kube-object.ts";
import { asList, asObject } from "../model/json.ts";

/**
 * What a cluster will serve once the CustomResourceDefinitions among the objects are there, in the two forms that
 * charts ask for (`.Capabilities.APIVersions.Has`): `group/version` and `group/version/Kind`. Sorted, no duplicates.
 */
export function apisOfCrds(objects: Iterable<KubeObject>): string[] {
  const apis = new Set<string>();
  for (const { kind, spec } of objects) {
    if (kind !== "CustomResourceDefinition" || !spec) continue;
    const group = spec["group"];
    const names = asObject(spec["names"]);
    for (const version of asList(spec["versions"]).map(asObject)) {
      if (version["served"] === false) continue;
      apis.add(`${String(group)}/${String(version["name"])}`);
      apis.add(`${String(group)}/${String(version["name"])}/${String(names["kind"])}`);
    }
  }
  return [...apis].sort();
}
