import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

/** Texts that are longer are shown as their hash: templates of proxies, scripts. */
const LONGEST_TEXT = 400;

/**
 * What charts rendered, fit for comparing: by `Kind namespace/name`, JSON in ConfigMaps taken apart, what is made up anew each
 * time and what is endless left out. CustomResourceDefinitions are left out.
 */
export function plainObjects(objects: readonly KubeObject[]): JsonObject {
  const shown = objects
    .filter(({ kind }) => kind !== "CustomResourceDefinition")
    .map((object) => [nameOf(object), plain(object)]);
  return Object.fromEntries(shown.sort(([left], [right]) => (String(left) < String(right) ? -1 : 1))) as JsonObject;
}

/**
 * The leaves of `after` that `before` has not, or has otherwise, by their path; null for those that are gone, and for objects
 * that are gone as a whole.
 */
export function difference(before: JsonObject, after: JsonObject): JsonObject {
  const gone = Object.keys(before).filter((object) => !Object.hasOwn(after, object));
  const kept = Object.entries(before).filter(([object]) => !gone.includes(object));
  const removed = Object.fromEntries(gone.map((object) => [object, null]));
  return { ...removed, ...changedLeaves(Object.fromEntries(kept), after) };
}

function changedLeaves(before: JsonObject, after: JsonObject): JsonObject {
  const [old, now] = [leaves(before), leaves(after)];
  const changed = Object.entries(now).filter(([path, value]) => old[path] !== value);
  const gone = Object.keys(old).filter((path) => !Object.hasOwn(now, path));
  return Object.fromEntries(
    [...changed, ...gone.map((path) => [path, null] as const)].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

function plain(object: KubeObject): JsonValue {
  const { apiVersion: _apiVersion, kind, metadata, ...rest } = object;
  const { name: _name, namespace: _namespace, annotations, ...marks } = metadata;
  const { "flotilla.dev/renew-after": _renewAfter, ...lasting } = annotations ?? {};
  const shown = kind === "Secret" ? { ...rest, data: Object.keys((rest["data"] ?? {}) as JsonObject).sort() } : rest;
  return shorten({ ...marks, ...(Object.keys(lasting).length > 0 ? { annotations: lasting } : {}), ...shown });
}

function shorten(value: JsonValue | undefined): JsonValue {
  if (typeof value === "string") {
    const json = asJson(value);
    if (json !== null) return shorten(json);
    if (value.length <= LONGEST_TEXT) return value;
    return `${value.length} characters, ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
  }
  if (Array.isArray(value)) return value.map(shorten);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item)]));
}

function asJson(text: string): JsonObject | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

function leaves(value: JsonValue | undefined, path = ""): Record<string, JsonValue> {
  if (typeof value !== "object" || value === null) return { [path]: value ?? null };
  const below = Object.entries(value);
  if (below.length === 0) return { [path]: Array.isArray(value) ? "[]" : "{}" };
  return Object.assign({}, ...below.map(([key, item]) => leaves(item, path === "" ? key : `${path} > ${key}`)));
}
