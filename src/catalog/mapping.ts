import type { JsonObject, JsonValue } from "../model/json.ts";

/** True for JSON objects: no list, not null. */
export function isMapping(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
