import { isMapping } from "../catalog/mapping.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";

/**
 * Lays values over others as Helm does: mappings are merged, everything else is replaced, lists included. A null stays,
 * so that Helm removes the chart's own default.
 */
export function mergeValues(below: JsonObject, above: JsonObject): JsonObject {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key);
    merged.set(key, isMapping(under) && isMapping(value) ? mergeValues(under, value) : value);
  }
  return Object.fromEntries(merged);
}

/** Lays values over each other, the last one on top. */
export function mergeLayers(layers: readonly JsonObject[]): JsonObject {
  return layers.reduce(mergeValues, {});
}

/** The mapping that holds just one value, at a path of keys. */
export function nestedValue(keys: readonly string[], value: JsonValue): JsonObject {
  const [first = "", ...rest] = keys;
  return { [first]: rest.length === 0 ? value : nestedValue(rest, value) };
}
