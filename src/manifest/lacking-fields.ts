import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";
import type { FieldPath } from "./field-path.ts";
import { isSet, listMatcher } from "./list-keys.ts";
import { isNothing, sameScalar } from "./same-value.ts";
import { tells } from "./telling-fields.ts";

/** A field that is not as it is wanted. */
export interface LackingField {
  readonly path: FieldPath;
  /** Undefined for what is there too much: an element of a list that is ours alone. */
  readonly wanted: JsonValue | undefined;
  /** Undefined where there is nothing. */
  readonly live: JsonValue | undefined;
}

/**
 * The fields of `wanted` that are absent or different in `live`. What `wanted` does not have is nobody's business here:
 * defaults, what others add, elements that others put into lists that the API server merges. Pure.
 * @param keepsZeros whether the kind is a custom one: those keep what is empty or zero, Kubernetes' own mostly do not
 */
export function lackingFields(
  wanted: JsonValue,
  live: JsonValue | undefined,
  keepsZeros: boolean,
): readonly LackingField[] {
  return lacking(wanted, live, { path: [], keys: [], keepsZeros });
}

const KEPT_FALSE: ReadonlySet<string> = new Set([
  "allowPrivilegeEscalation",
  "automountServiceAccountToken",
  "hostUsers",
]);
const KEPT_ZERO: ReadonlySet<string> = new Set(["runAsUser", "runAsGroup", "fsGroup"]);

/** Where the comparison is: the path, and the keys alone. */
interface Place {
  readonly path: FieldPath;
  readonly keys: readonly string[];
  readonly keepsZeros: boolean;
}

function lacking(wanted: JsonValue, live: JsonValue | undefined, place: Place): readonly LackingField[] {
  if (wanted === null) return [];
  const field = place.keys.at(-1) ?? "";
  if (live === undefined || live === null) {
    const saysNothing = !place.keepsZeros && isNothing(wanted) && !tells(wanted, field) && !isKept(wanted, field);
    return saysNothing ? [] : [difference(wanted, live, place)];
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(live) ? lackingItems(wanted, live, field, place) : [difference(wanted, live, place)];
  }
  if (typeof wanted !== "object") {
    return sameScalar(wanted, live, place.keys) ? [] : [difference(wanted, live, place)];
  }
  if (typeof live !== "object" || Array.isArray(live)) return [difference(wanted, live, place)];
  return Object.entries(wanted as JsonObject).flatMap(([key, below]) =>
    below === undefined
      ? []
      : lacking(below, asObject(live)[key], { ...place, path: [...place.path, key], keys: [...place.keys, key] }),
  );
}

function lackingItems(
  wanted: readonly JsonValue[],
  live: readonly JsonValue[],
  field: string,
  place: Place,
): readonly LackingField[] {
  if (isSet(field)) return wanted.every((item) => live.includes(item)) ? [] : [difference(wanted, live, place)];
  const matcher = listMatcher(field, wanted);
  if (matcher === null) {
    if (wanted.length !== live.length) return [difference(wanted, live, place)];
    return wanted.flatMap((item, index) => lacking(item, live[index], { ...place, path: [...place.path, index] }));
  }
  const keyed = new Map(live.map((item) => [JSON.stringify(matcher.keyOf(item)), item]));
  const lacked = wanted.flatMap((item) => {
    const has = matcher.keyOf(item) ?? {};
    const match = keyed.get(JSON.stringify(has));
    keyed.delete(JSON.stringify(has));
    // An element is found again by what it says of itself: a default that it leaves out is no part of its path.
    const step = { has: Object.fromEntries(Object.entries(has).filter(([key]) => asObject(item)[key] !== undefined)) };
    return lacking(item, match, { ...place, path: [...place.path, step] });
  });
  if (matcher.open) return lacked;
  return [...lacked, ...[...keyed.values()].map((item) => extra(item, matcher.keyOf(item) ?? {}, place))];
}

/** What Go keeps although it is zero, because nothing and zero differ for it: pointers that no default fills. */
function isKept(wanted: JsonValue, field: string): boolean {
  return wanted === false ? KEPT_FALSE.has(field) : wanted === 0 && KEPT_ZERO.has(field);
}

function difference(wanted: JsonValue, live: JsonValue | undefined, { path }: Place): LackingField {
  return { path, wanted, live };
}

function extra(live: JsonValue, has: JsonObject, { path }: Place): LackingField {
  return { path: [...path, { has }], wanted: undefined, live };
}
