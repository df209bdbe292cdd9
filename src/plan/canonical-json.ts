import type { JsonValue } from "../model/json.ts";

/** JSON with sorted keys: equal values give equal text, whatever order they were written in. */
export function canonicalJson(value: JsonValue | undefined): string {
  return JSON.stringify(value, (_key, part: unknown) => (isMapping(part) ? sortKeys(part) : part)) ?? "null";
}

function isMapping(part: unknown): part is Readonly<Record<string, unknown>> {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

function sortKeys(mapping: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapping).sort(([left], [right]) => (left < right ? -1 : 1)));
}
