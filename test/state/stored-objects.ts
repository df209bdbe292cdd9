import type { ServerResponse } from "node:http";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { type FakeCluster, type SeenRequest, startFakeCluster } from "../kube/fake-cluster.ts";

/** A fake cluster that stores what it is given, with resource versions. */
export interface StoredObjects extends FakeCluster {
  /** By path. */
  readonly objects: Map<string, KubeObject>;
  /** Stores an object as somebody else would. */
  readonly put: (path: string, object: KubeObject) => void;
}

/** Starts one that has these namespaces. */
export async function startStoredObjects(namespaces: readonly string[]): Promise<StoredObjects> {
  const objects = new Map<string, KubeObject>();
  let version = 0;
  const put = (path: string, object: KubeObject): KubeObject => {
    version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    objects.set(path, stored);
    return stored;
  };
  for (const name of namespaces) {
    put(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  const answer = ({ method, path, body }: SeenRequest, response: ServerResponse): void => {
    const send = (status: number, value: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    };
    const fail = (status: number, reason: string): void =>
      send(status, { kind: "Status", status: "Failure", code: status, reason, message: reason });
    const found = objects.get(path);
    const sent = body === "" ? null : JSON.parse(body);
    if (path === "/api/v1" || path === "/apis/coordination.k8s.io/v1") return send(200, RESOURCES);
    if (method === "POST") {
      const namespace = /^(.*\/namespaces\/[^/]+)\/[^/]+$/
        .exec(path)?.[1]
        ?.replace(/^.*\/namespaces/, "/api/v1/namespaces");
      if (namespace !== undefined && !objects.has(namespace)) return fail(404, "NotFound");
      const at = `${path}/${sent.metadata.name}`;
      return objects.has(at) ? fail(409, "AlreadyExists") : send(201, put(at, sent));
    }
    if (found === undefined) return fail(404, "NotFound");
    if (method === "GET") return send(200, found);
    const wanted = method === "PUT" ? sent.metadata.resourceVersion : sent?.preconditions?.resourceVersion;
    if (wanted !== undefined && wanted !== found.metadata.resourceVersion) return fail(409, "Conflict");
    if (method === "PUT") return send(200, put(path, sent));
    objects.delete(path);
    return send(200, found);
  };
  return { ...(await startFakeCluster(answer)), objects, put };
}

const resource = (kind: string, name: string, namespaced: boolean): object => ({
  kind,
  name,
  namespaced,
  verbs: ["get"],
});
const RESOURCES = {
  kind: "APIResourceList",
  resources: [
    resource("Namespace", "namespaces", false),
    resource("Secret", "secrets", true),
    resource("Lease", "leases", true),
  ],
};
