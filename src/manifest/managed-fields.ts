import { asList, asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { ObjectMetadata } from "../model/kube-object.ts";

/** Under which name Helm 4 applies, whatever its binary is called (helm.sh/helm cmd/helm/helm.go). */
export const HELM_MANAGER = "helm";

/**
 * Whether applying an object under Helm's name could be in conflict with what others manage of the one that is there: one
 * of them manages a field that the object sets. Only the API server knows whether the values differ too.
 * @param metadata of the object that is there
 */
export function mayConflict(object: JsonObject, metadata: ObjectMetadata): boolean {
  return asList(metadata["managedFields"])
    .map(asObject)
    .some((entry) => isForeign(entry) && touches(asObject(entry["fieldsV1"]), object));
}

/** Names of those who manage something of an object beside Helm; its status does not count. */
export function otherManagers({ managedFields }: ObjectMetadata): readonly string[] {
  const entries = asList(managedFields).map(asObject).filter(isForeign);
  return [...new Set(entries.map(({ manager }) => String(manager)))];
}

/** What Helm once wrote by update, client-side, is another manager to the API server than its apply. */
function isForeign({ manager, operation, subresource }: JsonObject): boolean {
  return subresource !== "status" && !(manager === HELM_MANAGER && operation === "Apply");
}

/**
 * Whether an object sets a field of a set. The set is a tree (Kubernetes, FieldsV1): `f:` leads to a field, `k:` to the
 * item of a list that has these keys, `i:` to one by its place; `v:` is an item that is a value, which nobody can set
 * differently; `.` is the thing itself.
 */
function touches(fields: JsonObject, value: JsonValue | undefined): boolean {
  return Object.entries(fields).some(([step, below]) => {
    const [kind, name] = [step.slice(0, 2), step.slice(2)];
    const inside = asObject(below);
    switch (kind) {
      case "f:": {
        const child = asObject(value)[name];
        return child !== undefined && (isLeaf(inside) || touches(inside, child));
      }
      case "k:":
        return asList(value).some((item) => hasKeys(item, name) && touches(inside, item));
      case "i:":
        return touches(inside, asList(value)[Number(name)]);
      default:
        return false;
    }
  });
}

function isLeaf(fields: JsonObject): boolean {
  return Object.keys(fields).every((step) => step === ".");
}

/** Keys that the item leaves out have their default, such as the protocol of a port: those may be it as well. */
function hasKeys(item: JsonValue, keys: string): boolean {
  const own = asObject(item);
  return Object.entries(asObject(JSON.parse(keys))).every(
    ([key, value]) => own[key] === undefined || own[key] === value,
  );
}
