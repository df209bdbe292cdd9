import { ISTIO_COMPONENT } from "../catalog/istioctl-marks.ts";
import { isMissing } from "../kube/api-error.ts";
import type { KubeClient, ListOptions } from "../kube/kube-client.ts";
import { withoutManagedFields } from "../kube/projection.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { asList, asObject, type JsonObject } from "../model/json.ts";
import type { Release } from "../model/stack.ts";
import { gitopsObjects } from "../preflight/gitops-objects.ts";

const APPS = "apps/v1";
const ADMISSION = "admissionregistration.k8s.io/v1";

/** Every node. */
export async function listNodes(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return list(client, "v1", "Node", null, { project: withoutManagedFields }, signal);
}

/** Pods that hold resources of a node, in every namespace; of each only what it asks for, its images and who made it. */
export async function listPods(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const fieldSelector = "status.phase!=Succeeded,status.phase!=Failed";
  return list(client, "v1", "Pod", null, { fieldSelector, project: withoutTheRest }, signal);
}

function withoutTheRest({ apiVersion, kind, metadata, spec = {} }: KubeObject): KubeObject {
  const requests = (container: unknown): JsonObject => {
    const { name, image, resources, restartPolicy } = asObject(container);
    return { name, image, resources, restartPolicy };
  };
  const { name, namespace = "", labels = {}, ownerReferences, deletionTimestamp } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      labels,
      ...(ownerReferences !== undefined && { ownerReferences }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: {
      nodeName: spec["nodeName"],
      overhead: spec["overhead"],
      containers: asList(spec["containers"]).map(requests),
      initContainers: asList(spec["initContainers"]).map(requests),
    },
  };
}

/** Every StorageClass. */
export async function listStorageClasses(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return list(client, "storage.k8s.io/v1", "StorageClass", null, {}, signal);
}

/** Every CSIDriver, metadata only. */
export async function listCsiDrivers(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return list(client, "storage.k8s.io/v1", "CSIDriver", null, { metadataOnly: true }, signal);
}

/** Every Service of type LoadBalancer. */
export async function listLoadBalancers(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const services = await list(client, "v1", "Service", null, { project: withoutManagedFields }, signal);
  return services.filter(({ spec }) => spec?.["type"] === "LoadBalancer");
}

/** Deployments of controllers that make load balancers, by the labels of their charts and of MetalLB's older manifests. */
export async function listBalancerControllers(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const selectors = ["app.kubernetes.io/name in (aws-load-balancer-controller, metallb)", "app=metallb"];
  const lists = await Promise.all(
    selectors.map((labelSelector) =>
      list(client, APPS, "Deployment", null, { labelSelector, metadataOnly: true }, signal),
    ),
  );
  return lists.flat();
}

/** MetalLB's address pools; none where the cluster does not know the kind. */
export async function listAddressPools(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return listIfServed(client, "metallb.io/v1beta1", "IPAddressPool", signal);
}

/** ResourceQuotas in the namespaces of Istio's node agents. */
export async function listQuotas(
  client: KubeClient,
  releases: readonly Release[],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const agents = releases.filter(({ role }) => role === "istio-cni" || role === "ztunnel");
  const namespaces = [...new Set(agents.map(({ namespace }) => namespace))];
  const lists = await Promise.all(
    namespaces.map((namespace) => list(client, "v1", "ResourceQuota", namespace, {}, signal)),
  );
  return lists.flat();
}

/** Every Deployment of an istiod: its charts and istioctl label it alike. */
export async function listIstiods(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return list(client, APPS, "Deployment", null, { labelSelector: "app=istiod" }, signal);
}

/** Every IstioOperator; none where the cluster does not know the kind. */
export async function listIstioOperators(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  return listIfServed(client, "install.istio.io/v1alpha1", "IstioOperator", signal);
}

/** What carries Istio's component label, of the kinds that its installers make: metadata only. */
export async function listIstioObjects(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const options = { labelSelector: ISTIO_COMPONENT, metadataOnly: true };
  const kinds = [
    [APPS, "Deployment"],
    ["v1", "Service"],
    ["v1", "ServiceAccount"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole"],
    [ADMISSION, "MutatingWebhookConfiguration"],
    [ADMISSION, "ValidatingWebhookConfiguration"],
  ] as const;
  const lists = await Promise.all(
    kinds.map(([apiVersion, kind]) => list(client, apiVersion, kind, null, options, signal)),
  );
  return lists.flat();
}

/** Istio's CustomResourceDefinitions, metadata only. IstioOperator's is in no chart. */
export async function listIstioCrds(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const kind = "CustomResourceDefinition";
  const crds = await list(client, "apiextensions.k8s.io/v1", kind, null, { metadataOnly: true }, signal);
  return crds.filter(({ metadata: { name } }) => name.endsWith(".istio.io") && !name.endsWith(".install.istio.io"));
}

/** Workloads and services of some releases that Flux or Argo CD reconcile. */
export async function listGitopsObjects(
  client: KubeClient,
  releases: readonly Release[],
  signal: AbortSignal,
): Promise<ReturnType<typeof gitopsObjects>> {
  const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
  const kinds = [
    [APPS, "Deployment"],
    [APPS, "StatefulSet"],
    [APPS, "DaemonSet"],
    ["v1", "Service"],
  ] as const;
  const lists = await Promise.all(
    namespaces.flatMap((namespace) =>
      kinds.map(([apiVersion, kind]) => list(client, apiVersion, kind, namespace, { metadataOnly: true }, signal)),
    ),
  );
  return gitopsObjects(releases, lists.flat());
}

/** Metadata only. */
async function listIfServed(
  client: KubeClient,
  apiVersion: string,
  kind: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  try {
    return await list(client, apiVersion, kind, null, { metadataOnly: true }, signal);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function list(
  client: KubeClient,
  apiVersion: string,
  kind: string,
  namespace: string | null,
  options: ListOptions,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  return (await client.list({ apiVersion, kind }, namespace, options, signal)).items;
}
