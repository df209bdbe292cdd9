import { asObject, asText, type JsonValue } from "../model/json.ts";
import { isSecretKey } from "../model/secret-keys.ts";
import { fieldNames, itemNames } from "./server-path.ts";

/** Longest value that is shown whole, in characters. */
const LONGEST = 100;

const MASKED = "***";

/**
 * The value of an object's field as people may see it: compact JSON, cut where it is long. What a Secret holds is masked,
 * and so is what stands under a name that looks secret, as a variable of a container may.
 * @returns null when there is no value
 */
export function shownValue(kind: string, path: string, value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  const names = fieldNames(path);
  const holdsSecret = kind === "Secret" && ["data", "stringData"].includes(names[0] ?? "");
  if (holdsSecret || [...names, ...itemNames(path)].some(isSecretKey)) return MASKED;
  const text = JSON.stringify(value, (key: string, part: unknown) => masked(key, part));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function masked(key: string, part: unknown): unknown {
  if (isSecretKey(key)) return MASKED;
  // A variable: its name stands beside its value.
  const { name, value } = asObject(part);
  return value !== undefined && isSecretKey(asText(name) ?? "") ? { ...asObject(part), value: MASKED } : part;
}
