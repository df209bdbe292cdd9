import type { ClusterApi, KubeJson } from "../support/cluster-api.ts";
import { until } from "../support/until.ts";

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
/** Where definitions are made. */
export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ON_POD_CREATION = [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }];

const within = (namespace: string): object => ({ matchLabels: { "kubernetes.io/metadata.name": namespace } });

/** A CustomResourceDefinition; two with one kind in one group clash. */
export function definition(plural: string, group: string, kind: string, spec: object = {}): object {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, kind, listKind: `${plural}List` },
      versions: [{ name: "v1", served: true, storage: true, schema }],
      ...spec,
    },
  };
}

/** Brings a kind into the cluster, and waits until it is served. */
export async function serveKind(api: ClusterApi, plural: string, group: string, kind: string): Promise<void> {
  await api.send("POST", DEFINITIONS, definition(plural, group, kind));
  const served = async (): Promise<boolean> => (await api.get(`/apis/${group}/v1/${plural}`)) !== null;
  if (!(await until(served, 60_000))) throw new Error(`${kind} is not served`);
}

/** Asks a Service about each pod that is made in the Service's namespace. */
export function podWebhook(namespace: string, service: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: `pods-${namespace}` },
    webhooks: [
      {
        name: "pods.webhook.example",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        clientConfig: { service: { namespace, name: service, port: 443 } },
        namespaceSelector: within(namespace),
        rules: ON_POD_CREATION,
      },
    ],
  };
}

/** Lets no pod into a namespace. */
export async function denyPods(api: ClusterApi, namespace: string): Promise<void> {
  await api.send("POST", `${ADMISSION}/validatingadmissionpolicies`, {
    metadata: { name: `no-pods-${namespace}` },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: ON_POD_CREATION },
      validations: [{ expression: "false", message: "this house has no pods" }],
    },
  });
  await api.send("POST", `${ADMISSION}/validatingadmissionpolicybindings`, {
    metadata: { name: `no-pods-${namespace}` },
    spec: {
      policyName: `no-pods-${namespace}`,
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: within(namespace) },
    },
  });
}

/** Takes {@link denyPods} back. */
export function allowPods(api: ClusterApi, namespace: string): Promise<unknown> {
  return api.send("DELETE", `${ADMISSION}/validatingadmissionpolicybindings/no-pods-${namespace}`);
}

const FAILS = "sandbox.flotilla.dev/fails";

/** Has the pods that are made in a namespace from now on come out well, with an image as an injector would give them. */
export async function mendPods(api: ClusterApi, namespace: string): Promise<void> {
  const metadata = { name: `mended-${namespace}` };
  const patch = `[
    JSONPatch{op: "remove", path: "/metadata/labels/${FAILS.replace("/", "~1")}"},
    JSONPatch{op: "replace", path: "/spec/containers/0/image", value: "registry.example/app:1"}
  ]`;
  await api.send("POST", `${ADMISSION}/mutatingadmissionpolicies`, {
    metadata,
    spec: {
      failurePolicy: "Fail",
      reinvocationPolicy: "Never",
      matchConstraints: { resourceRules: ON_POD_CREATION },
      matchConditions: [{ name: "fails", expression: `"${FAILS}" in object.metadata.?labels.orValue({})` }],
      mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: patch } }],
    },
  });
  await api.send("POST", `${ADMISSION}/mutatingadmissionpolicybindings`, {
    metadata,
    spec: { policyName: metadata.name, matchResources: { namespaceSelector: within(namespace) } },
  });
  if (!(await until(() => arePodsMended(api, namespace), 60_000))) {
    throw new Error(`the policy ${metadata.name} is not in force`);
  }
}

/** Whether {@link mendPods} is in force: the API server learns of policies, and that they are gone, a moment later. */
export async function arePodsMended(api: ClusterApi, namespace: string): Promise<boolean> {
  const pod = {
    metadata: { name: "tried", labels: { [FAILS]: "image-pull" } },
    spec: { containers: [{ name: "app", image: "auto" }] },
  };
  const tried = await api.send("POST", `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
  return tried["spec"].containers[0].image !== "auto";
}

/** Says of an object what a controller would that the sandbox has not; also before there is the object. */
export function tell(
  api: ClusterApi,
  [apiVersion, kind, namespace, name]: readonly [apiVersion: string, kind: string, namespace: string, name: string],
  event: { readonly type?: "Normal" | "Warning"; readonly reason: string; readonly message: string },
): Promise<KubeJson> {
  const now = new Date().toISOString();
  return api.send("POST", `/api/v1/namespaces/${namespace}/events`, {
    metadata: { name: `${name}.${event.reason.toLowerCase()}` },
    involvedObject: { apiVersion, kind, namespace, name },
    type: "Warning",
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    ...event,
  });
}

/** Deletes a namespace in which something is held back by a finalizer. */
export async function holdNamespace(api: ClusterApi, namespace: string): Promise<void> {
  await api.send("POST", `/api/v1/namespaces/${namespace}/configmaps`, {
    metadata: { name: "held", finalizers: ["example.com/hold"] },
  });
  await api.send("DELETE", `/api/v1/namespaces/${namespace}`);
}
