/** Names a kind the way objects do. */
export interface KindName {
  /** `apps/v1`; `v1` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
}

/** A kind with what its REST paths are made of. */
export interface ResourceKind extends KindName {
  /** The resource's name in paths: `deployments`. */
  readonly plural: string;
  /** False for cluster-scoped kinds. */
  readonly namespaced: boolean;
}

/** A kind as the cluster says that it serves it. */
export interface ServedKind extends ResourceKind {
  /** What may be done with its objects: `list`, `delete`, … */
  readonly verbs: readonly string[];
}

/** Plural by kind, cluster-scoped kinds marked with a slash in front: what needs no discovery. */
const BUILT_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v1: {
    ConfigMap: "configmaps",
    Endpoints: "endpoints",
    Event: "events",
    LimitRange: "limitranges",
    Namespace: "/namespaces",
    Node: "/nodes",
    PersistentVolume: "/persistentvolumes",
    PersistentVolumeClaim: "persistentvolumeclaims",
    Pod: "pods",
    ReplicationController: "replicationcontrollers",
    ResourceQuota: "resourcequotas",
    Secret: "secrets",
    Service: "services",
    ServiceAccount: "serviceaccounts",
  },
  "admissionregistration.k8s.io/v1": {
    MutatingWebhookConfiguration: "/mutatingwebhookconfigurations",
    ValidatingAdmissionPolicy: "/validatingadmissionpolicies",
    ValidatingAdmissionPolicyBinding: "/validatingadmissionpolicybindings",
    ValidatingWebhookConfiguration: "/validatingwebhookconfigurations",
  },
  "apiextensions.k8s.io/v1": { CustomResourceDefinition: "/customresourcedefinitions" },
  "apiregistration.k8s.io/v1": { APIService: "/apiservices" },
  "apps/v1": {
    ControllerRevision: "controllerrevisions",
    DaemonSet: "daemonsets",
    Deployment: "deployments",
    ReplicaSet: "replicasets",
    StatefulSet: "statefulsets",
  },
  "authentication.k8s.io/v1": { SelfSubjectReview: "/selfsubjectreviews" },
  "authorization.k8s.io/v1": { SelfSubjectAccessReview: "/selfsubjectaccessreviews" },
  "autoscaling/v2": { HorizontalPodAutoscaler: "horizontalpodautoscalers" },
  "batch/v1": { CronJob: "cronjobs", Job: "jobs" },
  "coordination.k8s.io/v1": { Lease: "leases" },
  "discovery.k8s.io/v1": { EndpointSlice: "endpointslices" },
  "events.k8s.io/v1": { Event: "events" },
  "networking.k8s.io/v1": {
    Ingress: "ingresses",
    IngressClass: "/ingressclasses",
    NetworkPolicy: "networkpolicies",
  },
  "policy/v1": { PodDisruptionBudget: "poddisruptionbudgets" },
  "rbac.authorization.k8s.io/v1": {
    ClusterRole: "/clusterroles",
    ClusterRoleBinding: "/clusterrolebindings",
    Role: "roles",
    RoleBinding: "rolebindings",
  },
  "scheduling.k8s.io/v1": { PriorityClass: "/priorityclasses" },
  "storage.k8s.io/v1": { StorageClass: "/storageclasses" },
};

/** A kind that every supported Kubernetes has; null for others, which discovery must find. */
export function builtInKind(name: KindName): ResourceKind | null {
  const entry = BUILT_IN[name.apiVersion]?.[name.kind];
  if (entry === undefined) return null;
  const { apiVersion, kind } = name;
  return { apiVersion, kind, plural: entry.replace("/", ""), namespaced: !entry.startsWith("/") };
}

/** `deployments.apps`, as the API server's own messages write it. */
export function resourceName(kind: ResourceKind): string {
  const group = kind.apiVersion.includes("/") ? kind.apiVersion.split("/")[0] : "";
  return group ? `${kind.plural}.${group}` : kind.plural;
}
