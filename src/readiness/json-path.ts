import type { JsonValue } from "../model/json.ts";
import type { Operator, PathStep } from "../model/json-path-syntax.ts";

/** All values that a path finds, in the document's order; none where a part of it is missing. */
export function findByPath(root: JsonValue, steps: readonly PathStep[]): readonly JsonValue[] {
  return steps.reduce<readonly JsonValue[]>((values, step) => values.flatMap((value) => follow(value, step)), [root]);
}

function follow(value: JsonValue, step: PathStep): readonly JsonValue[] {
  switch (step.type) {
    case "field":
      return isMapping(value) && Object.hasOwn(value, step.name) ? present(value[step.name]) : [];
    case "index":
      return Array.isArray(value) ? present((value as readonly JsonValue[]).at(step.index)) : [];
    case "slice":
      return Array.isArray(value) ? (value as readonly JsonValue[]).slice(step.start ?? 0, step.end ?? undefined) : [];
    case "wildcard":
      return childrenOf(value);
    case "descend":
      return [value, ...childrenOf(value).flatMap((child) => follow(child, step))];
    case "filter":
      return childrenOf(value).filter((child) => {
        const found = findByPath(child, step.path);
        const { comparison } = step;
        if (comparison === null) return found.length > 0;
        return found.some((each) => compare(each, comparison.operator, comparison.value));
      });
  }
}

function compare(one: JsonValue, operator: Operator, other: string | number | boolean | null): boolean {
  if (operator === "==") return one === other;
  if (operator === "!=") return one !== other;
  // Only numbers and texts have an order, each among themselves.
  if (typeof one === "number" && typeof other === "number") return ordered(one - other, operator);
  if (typeof one === "string" && typeof other === "string")
    return ordered(one < other ? -1 : one > other ? 1 : 0, operator);
  return false;
}

function ordered(difference: number, operator: Operator): boolean {
  if (operator === "<") return difference < 0;
  if (operator === "<=") return difference <= 0;
  return operator === ">" ? difference > 0 : difference >= 0;
}

function childrenOf(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  return isMapping(value) ? Object.values(value).flatMap(present) : [];
}

function present(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value];
}

function isMapping(value: JsonValue): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
