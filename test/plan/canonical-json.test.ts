import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue } from "../../src/model/json.ts";
import { canonicalJson } from "../../src/plan/canonical-json.ts";

test.for<readonly [JsonValue | undefined, string]>([
  [{ b: 1, a: { d: [2, { f: 3, e: 4 }], c: null } }, '{"a":{"c":null,"d":[2,{"e":4,"f":3}]},"b":1}'],
  [{ ä: 1, z: 2, A: 3 }, '{"A":3,"z":2,"ä":1}'],
  [[3, 1, 2], "[3,1,2]"],
  ["text", '"text"'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [{}, "{}"],
  [null, "null"],
  [undefined, "null"],
])("%j is written %s", ([value, text]) => {
  expect(canonicalJson(value)).toBe(text);
});

test("is JSON that says the same, once and again", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as JsonValue);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text);
    }),
  );
});
