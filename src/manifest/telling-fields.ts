import type { JsonValue } from "../model/json.ts";

/** Mappings that say something though they are empty: which sort of volume it is, whom a policy is for. */
const MAPPINGS: ReadonlySet<string> = new Set(["emptyDir", "podSelector", "namespaceSelector"]);

/**
 * Lists that may say something where none would not. Of Kubernetes' own kinds the API server drops them: beside a live
 * object they say nothing, beside another manifest a change too many is better than one too few.
 */
const LISTS: ReadonlySet<string> = new Set(["ingress", "egress", "rules"]);

/** Whether a manifest's field means something else when it is empty than when it is not there. Pure. */
export function tellsWhenEmpty(field: string): boolean {
  return MAPPINGS.has(field) || LISTS.has(field);
}

/** Whether an empty mapping of a manifest, or one in it, says something that a live object has to have as well. Pure. */
export function tells(value: JsonValue, field: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some((item) => tells(item, ""));
  return MAPPINGS.has(field) || Object.entries(value).some(([key, below]) => tells(below ?? null, key));
}
