import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Where kinds that make pods keep the pod's spec. */
const POD_SPEC: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** The spec of the pods that an object makes; null for objects that make none. */
export function podSpecOf(object: KubeObject): JsonObject | null {
  const path = POD_SPEC[object.kind];
  if (path === undefined) return null;
  return asObject(path.reduce<unknown>((inner, key) => asObject(inner)[key], object));
}

/** The images that some objects' pods run; no duplicates. */
export function imagesOf(objects: readonly KubeObject[]): readonly string[] {
  const images = objects.flatMap((object) => {
    const spec = podSpecOf(object) ?? {};
    return [...asList(spec["containers"]), ...asList(spec["initContainers"])].flatMap(
      (container) => asText(asObject(container)["image"]) ?? [],
    );
  });
  return [...new Set(images)];
}
