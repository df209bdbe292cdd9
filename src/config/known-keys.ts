import * as z from "zod";
import { isMapping } from "../catalog/mapping.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import { isList } from "./json-tree.ts";
import type { Path } from "./yaml-source.ts";

/** The keys that a schema knows for the mapping at a path. Read from the JSON Schema: zod has no way to ask. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let nodes: readonly JsonObject[] = [generated(schema)];
  for (const step of path) nodes = nodes.flatMap(alternatives).flatMap((node) => below(node, step));
  return nodes.flatMap(alternatives).flatMap((node) => Object.keys(asMapping(node["properties"])));
}

const schemas = new WeakMap<z.ZodType, JsonObject>();

function generated(schema: z.ZodType): JsonObject {
  const known = schemas.get(schema);
  if (known) return known;
  // A generated schema is plain JSON; zod's type for it is wider.
  const json = z.toJSONSchema(schema, { io: "input" }) as unknown as JsonObject;
  schemas.set(schema, json);
  return json;
}

function alternatives(node: JsonObject): readonly JsonObject[] {
  const anyOf = node["anyOf"];
  return isList(anyOf) ? anyOf.filter(isMapping).flatMap(alternatives) : [node];
}

function below(node: JsonObject, step: string | number): readonly JsonObject[] {
  const next =
    typeof step === "number" ? node["items"] : (asMapping(node["properties"])[step] ?? node["additionalProperties"]);
  return isMapping(next) ? [next] : [];
}

function asMapping(value: JsonValue | undefined): JsonObject {
  return isMapping(value) ? value : {};
}
