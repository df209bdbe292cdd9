import type { JsonValue } from "../model/json.ts";
import { quantity } from "../model/quantity.ts";

/** Fields whose values, or the values under which, are quantities: `1000m` and `1` say the same. */
const QUANTITIES: ReadonlySet<string> = new Set([
  "requests",
  "limits",
  "capacity",
  "hard",
  "default",
  "defaultRequest",
  "max",
  "min",
  "sizeLimit",
  "averageValue",
  "divisor",
]);

/**
 * Whether two plain values mean the same to Kubernetes.
 * @param field the keys on the way to it, the nearest last
 */
export function sameScalar(
  one: JsonValue | undefined,
  other: JsonValue | undefined,
  field: readonly string[],
): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined || !field.slice(-2).some((key) => QUANTITIES.has(key))) return false;
  return isQuantity(one) && isQuantity(other) && quantity(one) === quantity(other);
}

/** Whether a value says no more than its absence does to a Go program: null, nothing in it, zero. */
export function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.values(value).every((below: JsonValue | undefined) => isNothing(below));
}

function isQuantity(value: JsonValue): value is string | number {
  return (
    typeof value === "number" || (typeof value === "string" && /^[+-]?[\d.]+(?:[eE][+-]?\d+)?[A-Za-z]*$/.test(value))
  );
}
