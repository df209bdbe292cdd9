import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { ClusterView } from "../../src/readiness/cluster-view.ts";

/** A live object of generation 2, called `web` in namespace `shop`. */
export function live(apiVersion: string, kind: string, spec: JsonObject, status: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop", generation: 2 }, spec, status };
}

/** A condition as controllers write it. */
export function condition(type: string, status: string, reason = "", message = ""): JsonObject {
  return { type, status, reason, message };
}

/** A cluster that holds these objects and nothing else; kinds that are named may not be read. */
export function viewOf(objects: readonly KubeObject[] = [], ...forbidden: readonly string[]): ClusterView {
  const within = (namespace: string | null, { metadata }: KubeObject): boolean =>
    (metadata.namespace ?? null) === namespace;
  return {
    get: ({ kind, name, namespace }) => {
      if (forbidden.includes(kind)) return "forbidden";
      const found = objects.find(
        (each) => each.kind === kind && each.metadata.name === name && within(namespace, each),
      );
      return found ?? null;
    },
    list: ({ kind }, namespace) =>
      forbidden.includes(kind) ? null : objects.filter((each) => each.kind === kind && within(namespace, each)),
  };
}

/** A pod of namespace `shop`. */
export function pod(name: string, spec: JsonObject, status: JsonObject, metadata: JsonObject = {}): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop", ...metadata }, spec, status };
}

/** The endpoints of a Service of namespace `shop`; null where the cluster does not say whether one is ready. */
export function slice(service: string, ...ready: readonly (boolean | null)[]): KubeObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${service}-x`, namespace: "shop", labels: { "kubernetes.io/service-name": service } },
    endpoints: ready.map((each) => ({ addresses: ["10.0.0.1"], conditions: each === null ? {} : { ready: each } })),
  };
}
