import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** What charts with Istio bring into namespaces. */
const NAMESPACED = [
  "/api/v1:configmaps",
  "/api/v1:secrets",
  "/api/v1:serviceaccounts",
  "/api/v1:services",
  "/apis/apps/v1:deployments",
  "/apis/apps/v1:statefulsets",
  "/apis/autoscaling/v2:horizontalpodautoscalers",
  "/apis/networking.k8s.io/v1:networkpolicies",
  "/apis/policy/v1:poddisruptionbudgets",
  "/apis/rbac.authorization.k8s.io/v1:roles",
  "/apis/rbac.authorization.k8s.io/v1:rolebindings",
  "/apis/networking.istio.io/v1:destinationrules",
  "/apis/networking.istio.io/v1:gateways",
  "/apis/networking.istio.io/v1:virtualservices",
  "/apis/security.istio.io/v1:authorizationpolicies",
  "/apis/security.istio.io/v1:peerauthentications",
] as const;

/** And into the cluster as a whole; only what is Istio's. */
const CLUSTER_WIDE = [
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
] as const;

/** What counts on, or is the cluster's own, on any object. */
const OWN_METADATA = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"];
/** What controllers write down of their work; making pods anew leaves its time in their template. */
const OWN_ANNOTATIONS = [
  "deployment.kubernetes.io/revision",
  "control-plane.alpha.kubernetes.io/leader",
  "kubectl.kubernetes.io/restartedAt",
];

/**
 * The objects of some namespaces and Istio's cluster-wide ones as somebody wanted them, by path: without status and what
 * the cluster keeps in them for itself. Helm's records and Secrets of tokens are left out.
 */
export async function liveObjects(
  api: ClusterApi,
  namespaces: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const paths = NAMESPACED.flatMap((kind) =>
    namespaces.map((namespace) => kind.replace(":", `/namespaces/${namespace}/`)),
  );
  const lists = await Promise.all(
    [...paths, ...CLUSTER_WIDE].map(async (path) => [path, await api.get(path)] as const),
  );
  const objects = lists.flatMap(([path, list]) =>
    ((list?.["items"] ?? []) as KubeJson[])
      .filter(
        ({ type, metadata }) =>
          type !== "helm.sh/release.v1" && (path.includes("/namespaces/") || /istio/.test(metadata.name)),
      )
      .map((object) => [`${path}/${object["metadata"].name}`, wanted(object)] as const),
  );
  return Object.fromEntries(objects);
}

/** Images of the proxies in the pods of some namespaces, one entry a pod; pods on their way out do not count. */
export async function proxyImages(api: ClusterApi, namespaces: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(namespaces.map((namespace) => api.get(`/api/v1/namespaces/${namespace}/pods`)));
  const pods = lists.flatMap((list) => (list?.["items"] ?? []) as KubeJson[]);
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ metadata, spec }) => {
      const containers = [...spec.containers, ...(spec.initContainers ?? [])] as KubeJson[];
      const proxy = containers.find(({ name }) => name === "istio-proxy");
      return proxy === undefined ? [] : [`${metadata.namespace}: ${proxy["image"]}`];
    })
    .toSorted();
}

function wanted({ status: _status, metadata, spec, ...rest }: KubeJson): object {
  const own = { ...metadata, annotations: without(metadata.annotations, OWN_ANNOTATIONS) };
  const template = spec?.template && {
    ...spec.template,
    metadata: {
      ...spec.template.metadata,
      annotations: without(spec.template.metadata?.annotations, OWN_ANNOTATIONS),
    },
  };
  return { ...rest, metadata: without(own, OWN_METADATA), spec: template ? { ...spec, template } : spec };
}

function without(object: object = {}, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
