import { asObject, type JsonValue } from "../model/json.ts";
import { isSet, listMatcher } from "./list-keys.ts";
import { sameScalar } from "./same-value.ts";
import { tellsWhenEmpty } from "./telling-fields.ts";

/**
 * Whether two values mean the same to Kubernetes: keys in any order, elements of lists with names too, quantities in any
 * spelling, nothing as good as an empty mapping or list. Pure.
 * @param keys the keys on the way to them, the nearest last
 */
export function means(one: JsonValue | undefined, other: JsonValue | undefined, keys: readonly string[]): boolean {
  if (one === other) return true;
  if (isEmpty(one) || isEmpty(other)) {
    return isEmpty(one) && isEmpty(other) && (isThere(one) === isThere(other) || !tellsWhenEmpty(keys.at(-1) ?? ""));
  }
  if (Array.isArray(one) && Array.isArray(other)) return sameLists(one, other, keys);
  if (typeof one !== "object" || typeof other !== "object" || Array.isArray(one) || Array.isArray(other)) {
    return sameScalar(one, other, keys);
  }
  const [left, right] = [asObject(one), asObject(other)];
  const all = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...all].every((key) => means(left[key], right[key], [...keys, key]));
}

function isEmpty(value: JsonValue | undefined): boolean {
  return !isThere(value) || (typeof value === "object" && Object.keys(value).length === 0);
}

function isThere(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}

function sameLists(one: readonly JsonValue[], other: readonly JsonValue[], keys: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  const field = keys.at(-1) ?? "";
  if (isSet(field)) return one.every((item) => other.includes(item));
  const [matcher, theirs] = [listMatcher(field, one), listMatcher(field, other)];
  if (matcher === null || theirs === null) return one.every((item, index) => means(item, other[index], keys));
  const known = new Map(other.map((item) => [JSON.stringify(matcher.keyOf(item)), item]));
  return one.every((item) => means(item, known.get(JSON.stringify(matcher.keyOf(item))), keys));
}
