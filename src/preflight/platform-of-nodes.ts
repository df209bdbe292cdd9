import type { PLATFORMS } from "../catalog/platforms.ts";
import { asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** One of the platforms that flotilla knows. */
export type Platform = (typeof PLATFORMS)[number];

/** How a node shows what it runs on. */
interface NodeSigns {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly providerId: string;
  /** `v1.34.1+k3s1`. */
  readonly version: string;
}

/**
 * In this order: what runs on a cloud's machines without being the cloud's own Kubernetes (OpenShift, k3s) comes first.
 * Each by the marks that the platform itself puts on its nodes; machines of a cloud alone (`aws://…`) say nothing.
 */
const SIGNS: readonly (readonly [Platform, (node: NodeSigns) => boolean])[] = [
  ["sandbox", ({ annotations }) => annotations["kwok.x-k8s.io/node"] !== undefined],
  ["openshift", ({ labels }) => labels["node.openshift.io/os_id"] !== undefined],
  ["k3s", ({ providerId, version }) => providerId.startsWith("k3s://") || version.includes("+k3s")],
  ["minikube", ({ labels }) => labels["minikube.k8s.io/name"] !== undefined],
  ["kind", ({ providerId }) => providerId.startsWith("kind://")],
  ["aks", ({ labels }) => labels["kubernetes.azure.com/cluster"] !== undefined],
  [
    "eks",
    ({ labels, version }) =>
      version.includes("-eks-") || Object.keys(labels).some((key) => key.startsWith("eks.amazonaws.com/")),
  ],
  ["gke", ({ labels, version }) => version.includes("-gke.") || labels["cloud.google.com/gke-nodepool"] !== undefined],
];

/**
 * The platform that a cluster runs on, by its API server's version and its nodes; null when nothing gives it away, or its
 * nodes disagree. Some of the nodes are enough.
 * @param kubernetesVersion `v1.34.1-eks-1a2b`: says it where nodes may not be read
 */
export function platformOf(kubernetesVersion: string, nodes: readonly KubeObject[]): Platform | null {
  const server: NodeSigns = { labels: {}, annotations: {}, providerId: "", version: kubernetesVersion };
  const found = new Set([...nodes.map(signsOf), server].flatMap((signs) => platformBy(signs) ?? []));
  const [platform = null] = found;
  return found.size === 1 ? platform : null;
}

function signsOf({ metadata, spec, status }: KubeObject): NodeSigns {
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    providerId: asText(spec?.["providerID"]) ?? "",
    version: asText(asObject(status?.["nodeInfo"])["kubeletVersion"]) ?? "",
  };
}

function platformBy(signs: NodeSigns): Platform | null {
  return SIGNS.find(([, shows]) => shows(signs))?.[0] ?? null;
}
