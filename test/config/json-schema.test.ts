import { expect, test } from "vitest";
import { isMapping } from "../../src/catalog/mapping.ts";
import { jsonSchema } from "../../src/config/json-schema.ts";
import type { JsonObject, JsonValue } from "../../src/model/json.ts";

/** Every key that the schema knows, by its path, with its own schema. */
function keysOf(node: JsonValue | undefined, path: string): [string, JsonObject][] {
  if (Array.isArray(node)) return node.flatMap((item: JsonValue) => keysOf(item, path));
  if (!isMapping(node)) return [];
  const properties = Object.entries(isMapping(node["properties"]) ? node["properties"] : {});
  const own = properties.flatMap(([key, below]): [string, JsonObject][] =>
    isMapping(below) ? [[`${path}.${key}`, below]] : [],
  );
  const below = own.flatMap(([key, value]) => keysOf(value, key));
  return [
    ...own,
    ...below,
    ...keysOf(node["anyOf"], path),
    ...keysOf(node["items"], `${path}[]`),
    ...keysOf(node["additionalProperties"], `${path}.*`),
  ];
}

test("the JSON Schema describes every key and lets no unknown one through", () => {
  const schema = jsonSchema();
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "flotilla stack file",
    additionalProperties: false,
    required: ["apiVersion", "stack"],
  });
  const keys = keysOf(schema, "");
  expect(keys.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      ".releases[].chart.source",
      ".istio.gateways.*.ports[].port",
      ".environments.*.releases.*.enabled",
    ]),
  );
  expect(keys.filter(([, node]) => typeof node["description"] !== "string").map(([path]) => path)).toEqual([]);
});

test("the JSON Schema is the same each time", () => {
  expect(JSON.stringify(jsonSchema())).toBe(JSON.stringify(jsonSchema()));
});
