import { asList, asObject, asText, type JsonObject } from "./json.ts";

/** Labels as an object carries them. */
type Labels = { readonly [key: string]: string };

/** Whether all of these labels are there; none wanted fits everything. */
export function hasLabels(labels: Labels | undefined, wanted: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

/** Whether labels fit a selector (k8s.io/apimachinery LabelSelector); an empty one fits everything. */
export function fitsSelector(labels: Labels | undefined, selector: JsonObject): boolean {
  return (
    hasLabels(labels, asObject(selector["matchLabels"])) &&
    asList(selector["matchExpressions"]).every((expression) => fitsExpression(labels ?? {}, asObject(expression)))
  );
}

function fitsExpression(labels: Labels, expression: JsonObject): boolean {
  const value = labels[asText(expression["key"]) ?? ""];
  const values = asList(expression["values"]);
  switch (expression["operator"]) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
