import { asList, asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Kinds that make pods from a template. */
const WORKLOADS: readonly string[] = ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"];

/** On a pod: `false` keeps the proxy away (istio.io, "Resource Annotations"; a label of the same name counts first). */
const INJECT = "sidecar.istio.io/inject";

/** What a pod's image says that waits for its proxy (gateway chart, `templates/deployment.yaml`). */
const AUTO_IMAGE = "auto";

/** The container that injection brings or completes. */
const PROXY = "istio-proxy";

/**
 * A pod as a release would make it, for a dry run: of its first workload that is to be injected. What its own release
 * brings along is left out, because admission looks for it: service account and priority class.
 * @param manifest the release's, rendered
 * @returns null when the release makes no pod that is injected
 */
export function injectionProbe(manifest: readonly KubeObject[], namespace: string): KubeObject | null {
  for (const workload of manifest) {
    if (!WORKLOADS.includes(workload.kind) || (workload.metadata.namespace || namespace) !== namespace) continue;
    const template = asObject(workload.spec?.["template"]);
    const spec = asObject(template["spec"]);
    const { labels, annotations } = marksOf(asObject(template["metadata"]));
    if ((labels[INJECT] ?? annotations[INJECT]) === "false" || spec["hostNetwork"] === true) continue;
    const { serviceAccountName: _account, serviceAccount: _alias, priorityClassName: _class, ...rest } = spec;
    const name = `${workload.metadata.name.slice(0, 45)}-injection-probe`;
    return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels, annotations }, spec: rest };
  }
  return null;
}

/** Whether a pod, as the cluster would store it, has its proxy. */
export function isInjected(pod: KubeObject): boolean {
  const containers = containersOf(pod);
  return containers.some(({ name }) => name === PROXY) && waitingContainers(pod).length === 0;
}

/** Names of the containers whose image still waits for injection: it never comes to a pod that is there already. */
export function waitingContainers(pod: KubeObject): readonly string[] {
  return containersOf(pod).flatMap(({ name, image }) => (image === AUTO_IMAGE ? [String(name)] : []));
}

function containersOf({ spec }: KubeObject): readonly JsonObject[] {
  return ["initContainers", "containers"].flatMap((key) => asList(spec?.[key])).map(asObject);
}

function marksOf(metadata: JsonObject): Record<"labels" | "annotations", Record<string, string>> {
  const texts = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(asObject(metadata[name])).map(([key, value]) => [key, String(value)]));
  return { labels: texts("labels"), annotations: texts("annotations") };
}
