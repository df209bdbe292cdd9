import { asList, asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** A `status.conditions` entry, as far as rules read it. */
export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** A number in a section; null when it is not there. */
export function numberIn(section: JsonObject | undefined, name: string): number | null {
  const value = section?.[name];
  return typeof value === "number" ? value : null;
}

/** A text in a section; empty when it is not there. */
export function textIn(section: JsonObject | undefined, name: string): string {
  const value = section?.[name];
  return typeof value === "string" ? value : "";
}

/** An object's condition of a type; null when it has none. */
export function conditionOf(object: KubeObject, type: string): Condition | null {
  return conditionIn(object.status, type);
}

/** The condition of a type in a section with `conditions`; null when there is none. */
function conditionIn(section: JsonObject | undefined, type: string): Condition | null {
  const found = findCondition(section, type);
  if (!found) return null;
  const text = (name: string): string => textIn(found, name);
  return { type, status: text("status"), reason: text("reason"), message: text("message") };
}

/**
 * Like {@link conditionIn}, but null for a condition that says of itself that it was written for an older spec
 * (k8s.io/apimachinery `metav1.Condition.observedGeneration`).
 */
export function currentCondition(
  object: KubeObject,
  type: string,
  section: JsonObject | undefined = object.status,
): Condition | null {
  const seen = numberIn(findCondition(section, type), "observedGeneration");
  const outdated = seen !== null && seen < (object.metadata.generation ?? 0);
  return outdated ? null : conditionIn(section, type);
}

/** The API conventions: a status that was written for an older spec says nothing about the newest. */
export function isObserved(object: KubeObject): boolean {
  return (numberIn(object.status, "observedGeneration") ?? 0) >= (object.metadata.generation ?? 0);
}

/** What a condition says in words: its message, else its reason; null when it says neither. */
export function wordsOf(condition: Condition | null): string | null {
  return condition?.message || condition?.reason || null;
}

function findCondition(section: JsonObject | undefined, type: string): JsonObject | undefined {
  return asList(section?.["conditions"])
    .map(asObject)
    .find((condition) => condition["type"] === type);
}
