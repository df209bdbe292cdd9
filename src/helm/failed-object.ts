import type { ObjectRef } from "../model/kube-object.ts";

/** The API version of kinds that Helm 3 names without one. */
const API_VERSIONS: Readonly<Record<string, string>> = {
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  ConfigMap: "v1",
  CronJob: "batch/v1",
  CustomResourceDefinition: "apiextensions.k8s.io/v1",
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  Ingress: "networking.k8s.io/v1",
  Job: "batch/v1",
  MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  PersistentVolumeClaim: "v1",
  Pod: "v1",
  PodDisruptionBudget: "policy/v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  Secret: "v1",
  Service: "v1",
  ServiceAccount: "v1",
  StatefulSet: "apps/v1",
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
};

const CLUSTER_SCOPED = /^(?:Cluster|Mutating|Validating|CustomResourceDefinition)/;

/** The object that helm's error is about, as far as helm names it. */
export function failedObject(error: string, namespace: string): ObjectRef | null {
  return appliedObject(error) ?? unmappedObject(error, namespace) ?? namedObject(error, namespace);
}

/** Helm 4: `object NAMESPACE/NAME GROUP/VERSION, Kind=KIND`; both namespace and group may be empty. */
function appliedObject(error: string): ObjectRef | null {
  const [, namespace, name, group, version, kind] =
    /\bobject ([^\s/]*)\/(\S+) ([^\s/]*)\/([^\s,]+), Kind=(\w+)/.exec(error) ?? [];
  if (name === undefined || version === undefined || kind === undefined) return null;
  return { apiVersion: group ? `${group}/${version}` : version, kind, namespace: namespace || null, name };
}

/** A kind that the cluster does not know. */
function unmappedObject(error: string, releaseNamespace: string): ObjectRef | null {
  const [, name, namespace, kind, apiVersion] =
    /not found for name: "([^"]+)" namespace: "([^"]*)" from "[^"]*": no matches for kind "([^"]+)" in version "([^"]+)"/.exec(
      error,
    ) ?? [];
  if (name === undefined || kind === undefined || apiVersion === undefined) return null;
  return { apiVersion, kind, namespace: namespace || releaseNamespace, name };
}

/** Kind and name in one of the other places where Helm 3 and 4 put them. */
function namedObject(error: string, releaseNamespace: string): ObjectRef | null {
  const forms: readonly [RegExp, (match: RegExpExecArray) => ObjectRef | null][] = [
    [/cannot patch "([^"]+)" with kind (\w+)/, ([, name, kind]) => ofKind(kind, name, releaseNamespace)],
    [/\bresource (\w+)\/([^\s/]+)\/([^\s/]+) not ready/, ([, kind, namespace, name]) => ofKind(kind, name, namespace)],
    [/\b(\w+) "([^"]+)" in namespace "([^"]*)" exists/, ([, kind, name, namespace]) => ofKind(kind, name, namespace)],
    [/\bjob (\S+) failed:/, ([, name]) => ofKind("Job", name, releaseNamespace)],
    [/\b([A-Z]\w+)(?:\.[\w.-]+)? "([^"]+)" is invalid/, ([, kind, name]) => ofKind(kind, name, releaseNamespace)],
  ];
  for (const [pattern, read] of forms) {
    const match = pattern.exec(error);
    const object = match && read(match);
    if (object) return object;
  }
  return null;
}

function ofKind(kind: string | undefined, name: string | undefined, namespace: string | undefined): ObjectRef | null {
  const apiVersion = API_VERSIONS[kind ?? ""];
  if (apiVersion === undefined || kind === undefined || name === undefined) return null;
  return { apiVersion, kind, namespace: CLUSTER_SCOPED.test(kind) ? null : (namespace ?? null), name };
}
