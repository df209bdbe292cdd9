import type { KubeClient } from "../kube/kube-client.ts";
import { withoutManagedFields } from "../kube/projection.ts";
import { resourceName, type ServedKind } from "../kube/resource-kind.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { CustomResources, DownFacts, MeshPod } from "../preflight/down-facts.ts";
import type { ReleaseObjects } from "./kept-objects.ts";

/** What of a `down` is known before anybody has looked around. */
export interface DownSurvey {
  /** The releases that go, each with its manifest. */
  readonly installed: readonly ReleaseObjects[];
  /** CustomResourceDefinitions that were asked to go. */
  readonly crds: readonly ObjectRef[];
  /** Namespaces that were asked to go. */
  readonly namespaces: readonly string[];
}

/** What is looked for. */
type Survey = Pick<DownFacts, "customResources" | "revisions" | "ambient" | "pods" | "namespaces">;

/** Metadata only, and of that not who wrote which field. */
const HEADS = { metadataOnly: true, project: withoutManagedFields } as const;

/** Looks for what is outside a stack and stands on what a `down` would take away; asks nothing where nothing can. */
export async function gatherDownFacts(
  client: KubeClient,
  { installed, crds, namespaces }: DownSurvey,
  signal: AbortSignal,
): Promise<Survey> {
  const objects = installed.flatMap((release) => release.objects);
  const revisions = objects.filter(isIstiod).map(({ metadata }) => metadata.labels?.["istio.io/rev"] ?? "default");
  const ambient = objects.some(({ kind, metadata }) => kind === "DaemonSet" && metadata.name === "ztunnel");
  const ownCrds = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
  const going = new Set([
    ...ownCrds.filter((crd) => !keepsOnUninstall(crd)).map(nameOf),
    ...crds.map(({ name }) => name),
  ]);
  const staying = new Set(ownCrds.map(nameOf).filter((name) => !going.has(name)));
  const asks = revisions.length + going.size + staying.size + namespaces.length > 0;
  const kinds = asks ? (await client.kinds(signal)).filter(({ verbs }) => verbs.includes("list")) : [];
  const served = kinds.filter((kind) => revisions.length > 0 && isIstios(kind));
  const affected = kinds.filter((kind) => [going, staying].some((names) => names.has(resourceName(kind))));
  const [customResources, pods, inside] = await Promise.all([
    Promise.all(
      [...new Set([...affected, ...served])].map(async (kind): Promise<CustomResources> => {
        const { items } = await client.list(kind, null, HEADS, signal);
        return { crdGoes: going.has(resourceName(kind)), objects: items };
      }),
    ),
    revisions.length > 0 || ambient ? meshPods(client, signal) : [],
    Promise.all(namespaces.map(async (name) => ({ name, objects: await inNamespace(client, name, kinds, signal) }))),
  ]);
  return { customResources, revisions, ambient, pods, namespaces: inside };
}

/** Istiod's own chart and istioctl label it alike. */
function isIstiod({ kind, metadata }: KubeObject): boolean {
  return kind === "Deployment" && metadata.labels?.["app"] === "istiod";
}

/** Kinds that istiod acts on, whoever has brought their CRDs; the operator's own are not among them. */
function isIstios({ apiVersion }: ServedKind): boolean {
  const [group = ""] = apiVersion.split("/");
  return group.endsWith(".istio.io") && group !== "install.istio.io";
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name;
}

/** Everything in a namespace that its deletion deletes. */
async function inNamespace(
  client: KubeClient,
  namespace: string,
  kinds: readonly ServedKind[],
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const deletable = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes("delete"));
  const lists = await Promise.all(deletable.map((kind) => client.list(kind, namespace, HEADS, signal)));
  return lists.flatMap(({ items }) => items);
}

/** Pods with a proxy of Istio's, or behind that of their node, each with the workload that it stands for. */
async function meshPods(client: KubeClient, signal: AbortSignal): Promise<readonly MeshPod[]> {
  const { items } = await client.list({ apiVersion: "v1", kind: "Pod" }, null, HEADS, signal);
  const marked = items.filter(({ metadata: { annotations = {} } }) =>
    ["sidecar.istio.io/status", "ambient.istio.io/redirection"].some((key) => annotations[key] !== undefined),
  );
  const known = new Map<string, Promise<KubeObject | null>>();
  const read = (ref: ObjectRef): Promise<KubeObject | null> => {
    const key = [ref.apiVersion, ref.kind, ref.namespace, ref.name].join("/");
    const found = known.get(key) ?? client.get(ref, signal);
    known.set(key, found);
    return found;
  };
  return Promise.all(marked.map(async (pod) => ({ pod, workload: await workloadOf(pod, read) })));
}

/** Up from controller to controller, to the one that nothing controls. */
async function workloadOf(
  object: KubeObject,
  read: (ref: ObjectRef) => Promise<KubeObject | null>,
): Promise<KubeObject> {
  const owners = asList(object.metadata["ownerReferences"]).map(asObject);
  const controller = owners.find((owner) => owner["controller"] === true);
  if (!controller) return object;
  const { apiVersion, kind, name } = controller;
  const namespace = object.metadata.namespace ?? null;
  const found = await read({ apiVersion: String(apiVersion), kind: String(kind), namespace, name: String(name) });
  return found === null ? object : workloadOf(found, read);
}
