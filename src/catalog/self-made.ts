import type { KubeObject } from "../model/kube-object.ts";

/** Kinds whose objects tell of others, or of who leads: nobody loses anything with them. */
const DERIVED_KINDS: readonly string[] = ["Event", "Endpoints", "Lease"];

/**
 * What appears in a namespace by itself. Kubernetes: kube-controller-manager's root-ca-cert-publisher and serviceaccount
 * controllers. OpenShift: its service-ca and image-registry controllers. GKE: its quota per namespace. Istio:
 * security/pkg/pki/ca (istio-ca-secret), pilot/pkg/bootstrap (the CA's ConfigMaps). cert-manager: the authority of its
 * webhook.
 */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert", "istio-ca-crl"],
  ServiceAccount: ["default", "builder", "deployer"],
  RoleBinding: ["system:deployers", "system:image-builders", "system:image-pullers"],
  ResourceQuota: ["gke-resource-quotas"],
  Secret: ["istio-ca-secret", "cert-manager-webhook-ca"],
  // pkg/config/constants: istiod makes these once Gateway API is there.
  GatewayClass: [
    "istio",
    "istio-agentgateway",
    "istio-agentgateway-waypoint",
    "istio-east-west",
    "istio-remote",
    "istio-waypoint",
  ],
};

/** Annotations of what a controller makes for somebody else: election records of client-go and istiod, tokens, cert-manager's certificates. */
const BY_ANNOTATION: readonly string[] = [
  "control-plane.alpha.kubernetes.io/leader",
  "kubernetes.io/service-account.name",
  "openshift.io/token-secret.name",
  "cert-manager.io/certificate-name",
];

/**
 * Whether Kubernetes, Istio or another well-known controller made an object without being asked, and makes it again when it
 * is needed. What has an owner in the cluster counts as well: its owner makes it. Metadata is enough.
 */
export function isSelfMade({ kind, metadata }: KubeObject): boolean {
  const { name, annotations = {}, labels = {} } = metadata;
  const owners = metadata["ownerReferences"];
  return (
    DERIVED_KINDS.includes(kind) ||
    (BY_NAME[kind]?.includes(name) ?? false) ||
    BY_ANNOTATION.some((key) => annotations[key] !== undefined) ||
    labels["endpointslice.kubernetes.io/managed-by"] !== undefined ||
    (Array.isArray(owners) && owners.length > 0)
  );
}
