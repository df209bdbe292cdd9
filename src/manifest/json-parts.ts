import type { JsonObject, JsonValue } from "../model/json.ts";

/** The value when it is an object, else an empty one: for reading on in objects that somebody else wrote. */
export function objectIn(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !isArray(value) ? value : {};
}

/** The value when it is an array, else an empty one. */
export function arrayIn(value: JsonValue | undefined): readonly JsonValue[] {
  return isArray(value) ? value : [];
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
