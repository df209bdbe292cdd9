/** Any JSON value, as read from YAML values, Helm output or the Kubernetes API. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; unknown keys read as `undefined`. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
