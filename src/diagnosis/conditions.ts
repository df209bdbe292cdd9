import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** A `status.conditions` entry, with the time of its last turn. */
export interface TimedCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** ISO 8601; null when it does not say. */
  readonly since: string | null;
}

/** An object's condition of a type; null when it has none. */
export function conditionOf(object: KubeObject, type: string): TimedCondition | null {
  const found = asList(object.status?.["conditions"])
    .map(asObject)
    .find((condition) => condition["type"] === type);
  if (!found) return null;
  const text = (name: string): string => asText(found[name]) ?? "";
  const { status, reason, message } = { status: text("status"), reason: text("reason"), message: text("message") };
  return { status, reason, message, since: asText(found["lastTransitionTime"]) };
}
