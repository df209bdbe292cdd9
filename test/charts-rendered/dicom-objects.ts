import type { JsonObject, JsonValue } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { chartFolder, find } from "./render-chart.ts";

/** The chart that these tests are about. */
export const CHART = chartFolder("dicom");

/** The workloads of the chart, as `Kind/name`. */
export const ORTHANC = "Deployment/dicom-orthanc";
export const POSTGRES = "StatefulSet/dicom-postgres";

/** A key of a Secret, decoded. */
export function secret(objects: readonly KubeObject[], name: string, key: string): string {
  const data = find(objects, `Secret/${name}`)["data"] as JsonObject;
  return Buffer.from(String(data[key]), "base64").toString();
}

/** Every string in a value, keys included. */
export function strings(value: JsonValue | undefined): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...strings(item)]);
}

/** Orthanc's configuration as it stands in the ConfigMap. */
export function orthancConfig(objects: readonly KubeObject[]): JsonObject {
  const data = find(objects, "ConfigMap/dicom-orthanc")["data"] as JsonObject;
  return JSON.parse(String(data["orthanc.json"])) as JsonObject;
}

/** What the pods of a workload are made from. */
export function podSpec(objects: readonly KubeObject[], workload: string): JsonObject {
  const spec = find(objects, workload).spec as { template: { spec: JsonObject } };
  return spec.template.spec;
}

/** The annotations of the pods of a workload. */
export function podAnnotations(objects: readonly KubeObject[], workload: string): JsonObject {
  const spec = find(objects, workload).spec as { template: { metadata: { annotations: JsonObject } } };
  return spec.template.metadata.annotations;
}

/** `Kind/name` of those of a kind. */
export function namesOf(objects: readonly KubeObject[], kind: string): string[] {
  return objects.flatMap((object) => (object.kind === kind ? [object.metadata.name] : [])).sort();
}
