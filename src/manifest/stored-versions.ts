import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/**
 * Versions that a CRD would drop although objects may be stored in them: `name: version` each. The API server refuses
 * such a CRD (kubernetes.io, "Versions in CustomResourceDefinitions", storedVersions).
 * @param wanted as a chart has it
 * @param live null when the cluster has none
 */
export function droppedStoredVersions(wanted: KubeObject, live: KubeObject | null): readonly string[] {
  const offered = new Set(asList(wanted.spec?.["versions"]).map((version) => asObject(version)["name"]));
  const storedVersions = asList(live?.status?.["storedVersions"]);
  return storedVersions.flatMap((version) =>
    offered.has(version as string) ? [] : [`${wanted.metadata.name}: ${String(version)}`],
  );
}
