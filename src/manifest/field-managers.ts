import { asList, asObject, asText, type JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { HELM_MANAGER } from "./managed-fields.ts";

/**
 * The `managedFields` of an object that Helm has taken over, without those who had it in hand before: whoever applied it
 * on the server's side (istioctl is `istio-operator`), and kubectl. Fields that they own beside Helm would be conflicts at
 * the next change, and would stay when a chart drops them. Controllers, which update what is theirs, keep it.
 * @returns null when there is nobody to take out
 */
export function managersAfterTakeover({ metadata }: KubeObject): readonly JsonValue[] | null {
  const entries = asList(metadata["managedFields"]);
  const kept = entries.filter((entry) => {
    const { manager, operation, subresource } = asObject(entry);
    if (manager === HELM_MANAGER || (asText(subresource) ?? "") !== "") return true;
    return operation !== "Apply" && !/^kubectl(?:-|$)/.test(String(manager));
  });
  return kept.length === entries.length ? null : kept;
}
