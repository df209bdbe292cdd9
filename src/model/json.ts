/** Any JSON value, as read from YAML values, Helm output or the Kubernetes API. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; unknown keys read as `undefined`. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** The value as an object; an empty one when it is none. For reading deep into raw JSON without a cast. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a list; an empty one when it is none. */
export function asList(value: unknown): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text; null when it is none. */
export function asText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
