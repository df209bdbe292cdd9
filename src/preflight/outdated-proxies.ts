import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { OutdatedProxies } from "../model/proxies.ts";

/** The proxy's container, in sidecars and gateways alike (istio manifests/charts/istio-control/istio-discovery/files). */
const PROXY = "istio-proxy";

/** The revision that an istiod serves, and the one that injected a pod: both carry it as a label. */
const REVISION = "istio.io/rev";
const DEFAULT_REVISION = "default";

/** Marks the pods of a ReplicaSet; its name is the Deployment's with this behind it. */
const TEMPLATE_HASH = "pod-template-hash";

/**
 * The workloads whose proxies are of another version than their control plane, sorted by name. Versions are the images'
 * tags; proxies and istiods without such a one say nothing.
 * @param pods any pods: their labels, owners and containers are looked at
 * @param istiods Deployments of istiod
 */
export function outdatedProxies(
  pods: readonly KubeObject[],
  istiods: readonly KubeObject[],
): readonly OutdatedProxies[] {
  const controlPlanes = new Map(
    istiods.flatMap(({ metadata, spec }) => {
      const version = versionOf(containersOf(asObject(spec?.["template"])["spec"])[0]?.image ?? "");
      return version === null ? [] : [[metadata.labels?.[REVISION] ?? DEFAULT_REVISION, version] as const];
    }),
  );
  const found = new Map<string, OutdatedProxies>();
  for (const pod of pods) {
    // It is about to go anyway, as the last ones of a rollout do.
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const image = containersOf(pod.spec).find(({ name }) => name === PROXY)?.image ?? "";
    const [version, controlPlane] = [versionOf(image), controlPlanes.get(revisionOf(pod))];
    if (version === null || controlPlane === undefined || version === controlPlane) continue;
    const workload = podWorkload(pod);
    const key = `${workload.namespace}/${workload.kind}/${workload.name} ${version}`;
    found.set(key, { ...workload, version, controlPlane, pods: (found.get(key)?.pods ?? 0) + 1 });
  }
  return [...found].sort(([a], [b]) => a.localeCompare(b)).map(([, each]) => each);
}

/** Sidecars may be init containers that go on running (Kubernetes, "Sidecar Containers"). */
function containersOf(spec: unknown): readonly { readonly name: string; readonly image: string }[] {
  const { containers, initContainers } = asObject(spec);
  return [...asList(containers), ...asList(initContainers)].map((each) => {
    const { name, image } = asObject(each);
    return { name: asText(name) ?? "", image: asText(image) ?? "" };
  });
}

/** `docker.io/istio/proxyv2:1.31.1-distroless@sha256:…` is 1.31.1; null for tags that are no version. */
function versionOf(image: string): string | null {
  return /:(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?)(?:-distroless|-debug)?(?:@|$)/.exec(image)?.[1] ?? null;
}

function revisionOf({ metadata: { labels, annotations } }: KubeObject): string {
  return labels?.[REVISION] ?? annotations?.[REVISION] ?? DEFAULT_REVISION;
}

/** What makes a pod; the pod itself where nothing does. */
export function podWorkload({ metadata }: KubeObject): { namespace: string; kind: string; name: string } {
  const { namespace = "", name, labels } = metadata;
  const owner = asObject(asList(metadata["ownerReferences"]).find((each) => asObject(each)["controller"] === true));
  const [kind, ownerName] = [asText(owner["kind"]), asText(owner["name"])];
  if (kind === null || ownerName === null) return { namespace, kind: "Pod", name };
  const hash = labels?.[TEMPLATE_HASH];
  if (kind !== "ReplicaSet" || hash === undefined) return { namespace, kind, name: ownerName };
  return { namespace, kind: "Deployment", name: ownerName.replace(`-${hash}`, "") };
}
