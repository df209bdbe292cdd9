import type { KubeObject } from "../model/kube-object.ts";
import { asObject } from "../model/json.ts";

/** Kinds without a namespace that charts bring, by API group; from the API reference of Kubernetes and each project. */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  "": ["Namespace", "Node", "PersistentVolume"],
  "admissionregistration.k8s.io": [
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
  ],
  "apiextensions.k8s.io": ["CustomResourceDefinition"],
  "apiregistration.k8s.io": ["APIService"],
  "certificates.k8s.io": ["CertificateSigningRequest", "ClusterTrustBundle"],
  "cert-manager.io": ["ClusterIssuer"],
  "flowcontrol.apiserver.k8s.io": ["FlowSchema", "PriorityLevelConfiguration"],
  "gateway.networking.k8s.io": ["GatewayClass"],
  "networking.k8s.io": ["IngressClass", "IPAddress", "ServiceCIDR"],
  "node.k8s.io": ["RuntimeClass"],
  "rbac.authorization.k8s.io": ["ClusterRole", "ClusterRoleBinding"],
  "resource.k8s.io": ["DeviceClass", "ResourceSlice"],
  "scheduling.k8s.io": ["PriorityClass"],
  "security.openshift.io": ["SecurityContextConstraints"],
  "snapshot.storage.k8s.io": ["VolumeSnapshotClass", "VolumeSnapshotContent"],
  "storage.k8s.io": ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
};

const KEYS: ReadonlySet<string> = new Set(
  Object.entries(CLUSTER_SCOPED).flatMap(([group, kinds]) => kinds.map((kind) => `${group}/${kind}`)),
);

/** The API group of an `apiVersion`; the empty string for the core group. */
export function apiGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Whether objects of a kind live outside namespaces, as far as that is known without asking a cluster. */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return KEYS.has(`${apiGroup(apiVersion)}/${kind}`);
}

/**
 * Like {@link isClusterScoped}, and knows the kinds that the given CustomResourceDefinitions define as well.
 * @param objects any objects; only CRDs count
 */
export function clusterScopeWith(objects: Iterable<KubeObject>): (apiVersion: string, kind: string) => boolean {
  const scopes = new Map<string, boolean>();
  for (const { kind, spec } of objects) {
    if (kind !== "CustomResourceDefinition" || !spec) continue;
    scopes.set(`${String(spec["group"])}/${String(asObject(spec["names"])["kind"])}`, spec["scope"] === "Cluster");
  }
  return (apiVersion, kind) => scopes.get(`${apiGroup(apiVersion)}/${kind}`) ?? isClusterScoped(apiVersion, kind);
}
