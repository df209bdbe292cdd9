import { asObject, type JsonObject, type JsonValue } from "../model/json.ts";

/** A step into an object: a key, a place in a list, or the element of a list that has certain fields. */
export type PathStep = string | number | { readonly has: JsonObject };

/** The way from an object to one of its fields. */
export type FieldPath = readonly PathStep[];

/** A path for people: `spec.template.spec.containers[web].image`. */
export function pathText(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "string") return text === "" ? step : `${text}.${step}`;
    return `${text}[${typeof step === "number" ? step : Object.values(step.has).join("/")}]`;
  }, "");
}

/** The field at a path; undefined where there is none. */
export function fieldAt(value: JsonValue | undefined, path: FieldPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, step) => (at === undefined ? undefined : below(at, step)), value);
}

/** A copy with another value at a path; `undefined` takes the field, or the element, away. */
export function withFieldAt(value: JsonValue, path: FieldPath, field: JsonValue | undefined): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return field ?? null;
  const next = rest.length === 0 ? field : withFieldAt(below(value, step) ?? {}, rest, field);
  if (typeof step === "string") {
    const { [step]: before, ...others } = asObject(value);
    if (next === undefined) return others;
    // Known keys keep their place: what is read afterwards is in the order that its author chose.
    return before === undefined ? { ...others, [step]: next } : { ...asObject(value), [step]: next };
  }
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const index = typeof step === "number" ? step : items.findIndex((item) => hasFields(item, step.has));
  if (next === undefined) return items.filter((_, place) => place !== index);
  return index < 0 || index >= items.length ? [...items, next] : items.with(index, next);
}

/** Whether a value is an object with all of these fields. */
function hasFields(value: JsonValue | undefined, fields: JsonObject): boolean {
  const object = asObject(value);
  return Object.entries(fields).every(([key, field]) => object[key] === field);
}

function below(value: JsonValue, step: PathStep): JsonValue | undefined {
  if (typeof step === "string") return asObject(value)[step];
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return typeof step === "number" ? items[step] : items.find((item) => hasFields(item, step.has));
}
