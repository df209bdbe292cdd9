import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SearchedPlace } from "./canary-scanner.ts";
import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** Every file below a folder, its own name included; those that a test wrote itself are left out by name. */
export async function filesBelow(
  folder: string,
  exceptions: readonly string[] = [],
): Promise<readonly SearchedPlace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const own = files.filter((file) => !exceptions.includes(file));
  return Promise.all(
    own.map(async (where) => ({ where, bytes: Buffer.concat([Buffer.from(where), await readFile(where)]) })),
  );
}

/** Where flotilla, helm and the cluster's controllers leave texts. */
const LISTS = [
  "/api/v1/secrets",
  "/api/v1/configmaps",
  "/api/v1/events",
  "/api/v1/namespaces",
  "/api/v1/pods",
  "/api/v1/serviceaccounts",
  "/apis/apps/v1/deployments",
  "/apis/apps/v1/replicasets",
  "/apis/coordination.k8s.io/v1/leases",
  "/apis/events.k8s.io/v1/events",
];

/** Helm keeps values in its own Secrets, by nature: the one place that is left out. */
function isSearched({ type }: KubeJson): boolean {
  return type !== "helm.sh/release.v1";
}

/** Every object of the cluster that texts may have got into, as the API gives it. */
export async function objectsOf(api: ClusterApi): Promise<readonly SearchedPlace[]> {
  const lists = await Promise.all(LISTS.map(async (path) => [path, (await api.get(path))?.["items"] ?? []] as const));
  return lists.flatMap(([path, items]) =>
    (items as readonly KubeJson[]).filter(isSearched).map((object) => placeOf(path, object)),
  );
}

/** Keeps every version of what flotilla writes while it runs, until the watch is closed with the API's client. */
export function versionsOf(api: ClusterApi): readonly SearchedPlace[] {
  const places: SearchedPlace[] = [];
  for (const path of ["/api/v1/secrets", "/apis/coordination.k8s.io/v1/leases", "/api/v1/events"]) {
    api.watch(path, (_type, object) => {
      if (isSearched(object)) places.push(placeOf(path, object));
    });
  }
  return places;
}

function placeOf(path: string, object: KubeJson): SearchedPlace {
  const { namespace = "", name } = object["metadata"] as { namespace?: string; name: string };
  return { where: `${path}: ${namespace}/${name}`, bytes: JSON.stringify(object) };
}
