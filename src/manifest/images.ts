import { asList, asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { injectedImages } from "./injected-images.ts";

/** Where lists of containers stand, in whatever holds a pod: workloads, CronJobs, and custom resources with a template. */
const CONTAINER_LISTS: ReadonlySet<string> = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** Kinds whose contents only look like a workload. */
const NO_WORKLOADS: ReadonlySet<string> = new Set(["CustomResourceDefinition", "ConfigMap", "Secret"]);

/** Fields of well-known custom resources that name an image outside of a container. */
const CUSTOM_FIELDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  // prometheus-operator.dev/docs/api-reference/api
  "monitoring.coreos.com": [
    ["spec", "image"],
    ["spec", "thanos", "image"],
  ],
  // cloudnative-pg.io/documentation/current/cloudnative-pg.v1
  "postgresql.cnpg.io": [["spec", "imageName"]],
  // istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin
  "extensions.istio.io": [["spec", "url"]],
};

/**
 * The images that objects would have a cluster pull, sorted, each once: of containers of every sort, of volumes that are
 * images, of known custom resources, and of the proxies that istiod injects. What the cluster fills in (`auto`) is left
 * out.
 */
export function imagesOf(objects: Iterable<KubeObject>): string[] {
  const images = new Set<string>();
  for (const object of objects) {
    if (!NO_WORKLOADS.has(object.kind)) collect(object, images);
    for (const image of [...customImages(object), ...injectedImages(object)]) images.add(image);
  }
  images.delete("auto");
  images.delete("");
  return [...images].toSorted();
}

function collect(value: JsonValue, images: Set<string>): void {
  for (const item of asList(value)) collect(item, images);
  for (const [key, below] of Object.entries(asObject(value))) {
    if (CONTAINER_LISTS.has(key)) addAll(below, (container) => container["image"], images);
    if (key === "volumes") addAll(below, (volume) => asObject(volume["image"])["reference"], images);
    collect(below ?? null, images);
  }
}

function addAll(
  list: JsonValue | undefined,
  imageOf: (item: JsonObject) => JsonValue | undefined,
  images: Set<string>,
): void {
  for (const item of asList(list)) {
    const image = imageOf(asObject(item));
    if (typeof image === "string") images.add(image);
  }
}

function customImages(object: KubeObject): string[] {
  const group = object.apiVersion.split("/")[0] ?? "";
  return (CUSTOM_FIELDS[group] ?? []).flatMap((path) => {
    const value = path.reduce<JsonValue | undefined>((at, key) => asObject(at)[key], object);
    if (typeof value !== "string") return [];
    // An address of another sort is no image.
    return /^https?:|^file:/.test(value) ? [] : [value.replace(/^oci:\/\//, "")];
  });
}
