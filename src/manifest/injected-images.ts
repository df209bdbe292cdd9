import { asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** The ConfigMap with istiod's injection templates and what they are filled with; a revision's name may stand behind. */
const INJECTOR = /^istio-sidecar-injector(?:-|$)/;

/**
 * The images that istiod puts into other people's pods, told from the settings that it brings along: none for any other
 * object. As istiod makes them of `global.hub`, `tag`, `variant` and the images' names (istio.io, pkg/kube/inject/webhook.go,
 * ProxyImage).
 */
export function injectedImages(object: KubeObject): string[] {
  if (object.kind !== "ConfigMap" || !INJECTOR.test(object.metadata.name)) return [];
  const text = asObject(object["data"])["values"];
  const global = asObject(asObject(parse(text))["global"]);
  const names = [asObject(global["proxy"])["image"], asObject(global["proxy_init"])["image"]];
  return names.flatMap((name) => {
    if (typeof name !== "string" || name === "") return [];
    if (name.includes("/")) return [name];
    const { hub, tag, variant } = global;
    if (typeof hub !== "string" || hub === "" || (typeof tag !== "string" && typeof tag !== "number")) return [];
    return [`${hub}/${name}:${withVariant(String(tag), typeof variant === "string" ? variant : "")}`];
  });
}

function withVariant(tag: string, variant: string): string {
  return variant === "" || variant === "default" || tag.endsWith(`-${variant}`) ? tag : `${tag}-${variant}`;
}

function parse(text: unknown): JsonObject {
  try {
    return typeof text === "string" ? asObject(JSON.parse(text)) : {};
  } catch {
    return {};
  }
}
