import { objectId } from "./audit-log.ts";
import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** Every object that Helm has put in, without what the cluster writes: by id. */
export async function helmObjects(api: ClusterApi): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const groups = (await api.get("/apis")) as KubeJson;
  const versions = [
    "/api/v1",
    ...groups["groups"].map(({ preferredVersion }: KubeJson) => `/apis/${preferredVersion.groupVersion}`),
  ];
  for (const version of versions) {
    const { resources } = (await api.get(version)) as KubeJson;
    for (const { name: plural, kind, verbs } of resources) {
      if (plural.includes("/") || !verbs.includes("list")) continue;
      const { items } = (await api.get(`${version}/${plural}`)) as KubeJson;
      for (const { metadata, status: _status, ...rest } of items) {
        // What a controller makes of them (ReplicaSets) has copies of their marks.
        if (metadata.annotations?.["meta.helm.sh/release-name"] === undefined || metadata.ownerReferences) continue;
        const { namespace = null, name, labels } = metadata;
        const apiVersion = version.replace(/^\/apis?\//, "");
        found.set(objectId({ apiVersion, kind, namespace, name }), JSON.stringify([metadata.uid, labels, rest]));
      }
    }
  }
  return found;
}
