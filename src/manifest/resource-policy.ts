import type { KubeObject } from "../model/kube-object.ts";

/** Whether Helm leaves the object in the cluster when its release goes (annotation `helm.sh/resource-policy: keep`). */
export function keepsOnUninstall(object: KubeObject): boolean {
  return object.metadata.annotations?.["helm.sh/resource-policy"]?.trim().toLowerCase() === "keep";
}
