import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../src/runtime/directories.ts";
import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** Where recorded objects lie: one file a namespace, a list of raw objects. */
const FOLDER = join(packageRoot(), "test", "diagnosis", "fixtures", "real-node");

/** What can say why something is not ready: path of the API group, kind, plural. */
const KINDS = [
  ["api/v1", "Pod", "pods"],
  ["api/v1", "Event", "events"],
  ["api/v1", "PersistentVolumeClaim", "persistentvolumeclaims"],
  ["api/v1", "ResourceQuota", "resourcequotas"],
  ["apis/apps/v1", "Deployment", "deployments"],
  ["apis/apps/v1", "ReplicaSet", "replicasets"],
  ["apis/batch/v1", "Job", "jobs"],
] as const;

/** Keys that tell of the machine, or change from run to run for nothing. */
const LEFT_OUT = new Set(["managedFields", "hostIP", "hostIPs", "podIP", "podIPs", "containerID", "imageID"]);
const NODE_KEYS = new Set(["nodeName", "host", "reportingInstance"]);

/** With FLOTILLA_TEST_RECORD=1, writes what stands in these namespaces down for tests that have no cluster. */
export async function recordObjects(api: ClusterApi, namespaces: readonly string[]): Promise<void> {
  if (process.env["FLOTILLA_TEST_RECORD"] !== "1") return;
  await mkdir(FOLDER, { recursive: true });
  const { items } = (await api.get("/api/v1/nodes")) as KubeJson;
  const nodes: readonly string[] = items.map(({ metadata }: KubeJson) => metadata.name);
  for (const namespace of namespaces) {
    const lists = KINDS.map(async ([group, kind, plural]) => {
      const list = (await api.get(`/${group}/namespaces/${namespace}/${plural}`)) as KubeJson;
      const apiVersion = group.replace(/^apis?\//, "");
      return list["items"].map((object: KubeJson) => ({ apiVersion, kind, ...object }));
    });
    const objects = (await Promise.all(lists)).flat().map((object) => scrub(object, nodes));
    await writeFile(join(FOLDER, `${namespace}.json`), `${JSON.stringify(objects, null, 1)}\n`);
  }
}

function scrub(value: unknown, nodes: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => scrub(each, nodes));
  if (typeof value === "string") return scrubText(value, nodes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !LEFT_OUT.has(key))
      .map(([key, each]) => [key, NODE_KEYS.has(key) && typeof each === "string" ? "node-1" : scrub(each, nodes)]),
  );
}

function scrubText(text: string, nodes: readonly string[]): string {
  const named = nodes.reduce((rest, node) => rest.replaceAll(new RegExp(`\\b${node}\\b`, "g"), "node-1"), text);
  return named.replaceAll(/\b(?:10|127|172|192)(?:\.\d{1,3}){3}(?::\d+)?/g, "192.0.2.1");
}
