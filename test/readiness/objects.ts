import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

/** A live object of generation 2, called `web` in namespace `shop`. */
export function live(apiVersion: string, kind: string, spec: JsonObject, status: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop", generation: 2 }, spec, status };
}

/** A condition as controllers write it. */
export function condition(type: string, status: string, reason = "", message = ""): JsonObject {
  return { type, status, reason, message };
}
