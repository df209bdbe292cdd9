import { asObject, type JsonValue } from "../model/json.ts";
import { listMatcher } from "./list-keys.ts";

/** Stands where a value cannot be known before helm runs: passwords and certificates that a chart makes up. */
export const KNOWN_AFTER_APPLY = "(known after apply)";

/**
 * One object out of two renders of the same chart: what differs between them is not known before it is applied. Pure.
 * @param field the key that holds the value
 */
export function knownAfterApply(one: JsonValue, other: JsonValue | undefined, field = ""): JsonValue {
  if (one === other) return one;
  if (Array.isArray(one) && Array.isArray(other)) return ofLists(one, other, field);
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return KNOWN_AFTER_APPLY;
  if (Array.isArray(one) || Array.isArray(other)) return KNOWN_AFTER_APPLY;
  const [left, right] = [asObject(one), asObject(other)];
  return Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => {
      const value = left[key];
      return [key, value === undefined ? KNOWN_AFTER_APPLY : knownAfterApply(value, right[key], key)];
    }),
  );
}

function ofLists(one: readonly JsonValue[], other: readonly JsonValue[], field: string): JsonValue {
  if (one.length !== other.length) return KNOWN_AFTER_APPLY;
  const matcher = listMatcher(field, one);
  const known = new Map(other.map((item) => [JSON.stringify(matcher?.keyOf(item)), item]));
  return one.map((item, index) => {
    const match = matcher === null ? other[index] : known.get(JSON.stringify(matcher.keyOf(item)));
    return knownAfterApply(item, match, field);
  });
}
