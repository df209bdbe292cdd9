import type { Release, Stack } from "../model/stack.ts";

/** One thing that a run does to the cluster, as the API server's authorizer sees it. */
export interface AccessNeed {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural: `deployments`. */
  readonly resource: string;
  /** Null for what is cluster-wide. */
  readonly namespace: string | null;
}

/** Everything at once: whoever may do this needs no further question. */
export const EVERYTHING: AccessNeed = { verb: "*", group: "*", resource: "*", namespace: null };

/** What decides what a run needs. */
export interface AccessPlan {
  readonly stack: Stack;
  /** Releases that are to be changed. */
  readonly releases: readonly Release[];
  /** Namespaces that have to be made. */
  readonly missingNamespaces: readonly string[];
  /** Resources that charts render, where that is known, with the namespaces they go to. */
  readonly rendered: readonly Omit<AccessNeed, "verb">[];
}

const HELM_STORAGE = ["get", "list", "create", "update", "delete"];
const APPLIED = ["get", "create", "patch", "delete"];
const OWN_STATE = ["get", "create", "update", "delete"];

/** Of these the readiness is watched (k8s.io API groups and plurals). */
const WATCHED: ReadonlySet<string> = new Set([
  "apps/deployments",
  "apps/statefulsets",
  "apps/daemonsets",
  "batch/jobs",
  "/services",
  "/persistentvolumeclaims",
  "apiextensions.k8s.io/customresourcedefinitions",
]);

const RBAC = "rbac.authorization.k8s.io";
const ROLES = [
  [RBAC, "clusterroles"],
  [RBAC, "clusterrolebindings"],
] as const;

const ADDON = [
  ...ROLES,
  ["apiextensions.k8s.io", "customresourcedefinitions"],
  ["admissionregistration.k8s.io", "validatingwebhookconfigurations"],
] as const;

/** What the charts that we know make outside of namespaces, whatever their values are. */
const CLUSTER_WIDE: Readonly<Partial<Record<NonNullable<Release["role"]>, readonly (readonly [string, string])[]>>> = {
  "istio-base": [["apiextensions.k8s.io", "customresourcedefinitions"]],
  istiod: [
    ...ROLES,
    ["admissionregistration.k8s.io", "mutatingwebhookconfigurations"],
    ["admissionregistration.k8s.io", "validatingwebhookconfigurations"],
  ],
  "istio-cni": ROLES,
  ztunnel: ROLES,
  "cert-manager": ADDON,
  metallb: ADDON,
};

/** Of the copy in a namespace flotilla makes and renews it, of the original it only reads. */
function pullSecrets({ namespaces }: Stack): readonly AccessNeed[] {
  return namespaces.flatMap(({ name, pullSecretsFrom }) =>
    pullSecretsFrom.flatMap((secret) => [
      ...on("", "secrets", secret.namespace, ["get"]),
      ...on("", "secrets", name, APPLIED),
    ]),
  );
}

/** What a run of a stack does to the cluster; no duplicates. */
export function accessNeeds({ stack, releases, missingNamespaces, rendered }: AccessPlan): readonly AccessNeed[] {
  const needs = [
    ...on("", "secrets", stack.stateNamespace, OWN_STATE),
    ...on("coordination.k8s.io", "leases", stack.stateNamespace, OWN_STATE),
    ...(missingNamespaces.length > 0 ? on("", "namespaces", null, ["get", "create"]) : []),
    ...releases.flatMap(({ namespace }) => on("", "secrets", namespace, HELM_STORAGE)),
    ...pullSecrets(stack),
    ...releases.flatMap(({ role }) =>
      (role === null ? [] : (CLUSTER_WIDE[role] ?? [])).flatMap(([group, resource]) => applied(group, resource, null)),
    ),
    ...rendered.flatMap(({ group, resource, namespace }) => applied(group, resource, namespace)),
  ];
  return [...new Map(needs.map((need) => [Object.values(need).join(" "), need])).values()];
}

function applied(group: string, resource: string, namespace: string | null): readonly AccessNeed[] {
  const verbs = WATCHED.has(`${group}/${resource}`) ? [...APPLIED, "list", "watch"] : APPLIED;
  return on(group, resource, namespace, verbs);
}

function on(group: string, resource: string, namespace: string | null, verbs: readonly string[]): AccessNeed[] {
  return verbs.map((verb) => ({ verb, group, resource, namespace }));
}
