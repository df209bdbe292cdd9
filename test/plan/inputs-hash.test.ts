import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { inputsHash, slowInputsHash } from "../../src/plan/inputs-hash.ts";
import { pinned } from "./samples.ts";

const KEY = "00".repeat(32);
const VALUES: JsonObject = { replicas: 2, image: { tag: "1.0", pull: null }, hosts: ["a", "b"], flag: false };
const base = inputsHash(KEY, pinned("web", { values: VALUES }));

/** The same JSON with the keys of every mapping in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe("the hash of a release's inputs", () => {
  test("fits into a label and is the same each time", () => {
    expect(base).toMatch(/^[0-9a-f]{40}$/);
    expect(inputsHash(KEY, pinned("web", { values: { ...VALUES } }))).toBe(base);
  });

  test.for<readonly [string, ReturnType<typeof pinned>]>([
    ["a value", pinned("web", { values: { ...VALUES, replicas: 3 } })],
    ["a value's type", pinned("web", { values: { ...VALUES, replicas: "2" } })],
    ["a value that is taken away", pinned("web", { values: { image: VALUES["image"], hosts: VALUES["hosts"] } })],
    ["a value that is null now", pinned("web", { values: { ...VALUES, flag: null } })],
    ["one deep down", pinned("web", { values: { ...VALUES, image: { tag: "1.1", pull: null } } })],
    ["a list's order", pinned("web", { values: { ...VALUES, hosts: ["b", "a"] } })],
    ["the chart's bytes", pinned("web", { values: VALUES }, { digest: "sha256:other" })],
    ["the namespace", pinned("web", { values: VALUES, namespace: "other" })],
    ["the name", pinned("web2", { values: VALUES }, { digest: "sha256:web" })],
  ])("changes with %s", ([, changed]) => {
    expect(inputsHash(KEY, changed)).not.toBe(base);
  });

  test.for<readonly [string, ReturnType<typeof pinned>]>([
    ["where the chart lies", pinned("web", { values: VALUES }, { path: "/other", source: "https://mirror.example" })],
    ["what it needs", pinned("web", { values: VALUES, needs: ["other"] })],
    [
      "how long it is waited for",
      pinned("web", { values: VALUES, wait: { timeoutMs: 1, enabled: false, engine: "watch", for: [] } }),
    ],
  ])("does not depend on %s: helm makes the same of it", ([, same]) => {
    expect(inputsHash(KEY, same)).toBe(base);
  });

  test("cannot be found out without the key", () => {
    expect(inputsHash("11".repeat(32), pinned("web", { values: VALUES }))).not.toBe(base);
  });

  test("does not depend on the order of keys, and on nothing else but the values", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    const hash = (value: unknown): string => inputsHash(KEY, pinned("web", { values: value as JsonObject }));
    fc.assert(fc.property(values, (value) => hash(reversed(value)) === hash(value)));
    fc.assert(
      fc.property(values, values, (left, right) => {
        const same = JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));
        return (hash(left) === hash(right)) === same;
      }),
    );
  });
});

describe("the hash for where there is no key", () => {
  const salt = "22".repeat(16);
  const web = pinned("web", { values: VALUES });

  test("is the same for the same inputs and salt, and another for others", async () => {
    const hash = await slowInputsHash(salt, web);
    expect(hash).toMatch(/^[0-9a-f]{40}$/);
    expect(await slowInputsHash(salt, pinned("web", { values: VALUES, needs: ["other"] }))).toBe(hash);
    expect(await slowInputsHash("33".repeat(16), web)).not.toBe(hash);
    expect(await slowInputsHash(salt, pinned("web", { values: { ...VALUES, more: 1 } }))).not.toBe(hash);
    expect(await slowInputsHash(salt, pinned("web", { values: VALUES }, { digest: "sha256:other" }))).not.toBe(hash);
  });
});

/** An independent way to compare: mappings as sorted lists of pairs. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return ["list", ...value.map(canonical)];
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .map(([key, part]) => [key, canonical(part)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
