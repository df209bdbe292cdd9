import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigError } from "../../src/model/errors.ts";
import { mergeLayers, mergeValues } from "../../src/config/merge-values.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { read, type Reading } from "./reading.ts";

const GOOD = `apiVersion: flotilla/v1
stack: shop
environments:
  dev: { context: "\${env:CONTEXT:-minikube}", values: { app: { a: 1 } }, releases: { db: { enabled: true } } }
namespaces:
  shop: { labels: &labels { istio-injection: enabled } }
  other: { labels: *labels }
istio:
  version: ~1.31.0
  gateways:
    in: { role: ingress, namespace: gw, exposure: internal, ports: [{ name: db, port: 5432 }], values: {} }
releases:
  - name: db
    namespace: shop
    chart: { source: https://charts.example, name: db }
    version: ^1.0.0
  - { name: app, namespace: shop, chart: ./app, needs: [db, in], values: [a.yaml, { a: { b: 1 } }], wait: { timeout: 5m } }
defaults: { timeout: 5m, parallel: 4 }
`;

/** What comes of a file: read, or refused with at least one problem whose place lies in the file. Anything else fails. */
async function readOrRefuse(text: string, reading: Reading): Promise<void> {
  try {
    await read(text, reading);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.problems.some(({ severity }) => severity === "error")).toBe(true);
    for (const { file, line, column, frame, message } of error.problems) {
      expect(message).not.toMatch(/undefined|\[object/);
      if (file !== "flotilla.yaml" || line === null) continue;
      const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      expect(frame).toContain("^");
    }
  }
}

const SNIPPETS = [
  "*a",
  "&a",
  "<<: *labels",
  "? [x]",
  "!!binary x",
  "{",
  "]",
  "\t",
  ": ",
  "- ",
  "---\n",
  "\u0000",
  "~",
  "|",
  "'",
  '"',
  "releases",
  "needs: [app]",
  "${env:X}",
  "${secret:env:X}",
  "-1",
  "1e999",
  "__proto__: 1",
  "constructor",
  "\r",
  "#",
  "0x",
  "%YAML 9\n",
];

/** A good file with pieces cut out, doubled or put in. */
const mutated = fc
  .array(
    fc.tuple(fc.nat(GOOD.length), fc.nat(30), fc.oneof(fc.constantFrom(...SNIPPETS), fc.string({ maxLength: 8 }))),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((edits) =>
    edits.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), GOOD),
  );

const HEADED = "apiVersion: flotilla/v1\nstack: shop\n";
const jsonFile = fc
  .dictionary(
    fc.constantFrom("environments", "namespaces", "istio", "releases", "defaults", "state", "requires", "sources"),
    fc.jsonValue({ maxDepth: 4 }),
  )
  .map(
    (sections) =>
      `${HEADED}${Object.entries(sections)
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
        .join("\n")}\n`,
  );

const files = { "a.yaml": "a: 1\n" };
const profiles = { sandbox: readFileSync(new URL("../../values/sandbox.yaml", import.meta.url), "utf8") };

test("the good file is good", async () => {
  expect((await read(GOOD, { files })).stack.releases).toHaveLength(5);
});

test.each([
  ["any text", fc.string({ unit: "binary", maxLength: 200 })],
  [
    "YAML-like text",
    fc.array(fc.constantFrom(...SNIPPETS, "\n", "  ", "a", "b: 1\n"), { maxLength: 40 }).map((parts) => parts.join("")),
  ],
  ["a good file with slips", mutated],
  ["sections of any shape", jsonFile],
])("%s is read or refused with problems, never thrown at", async (_name, texts) => {
  await fc.assert(
    fc.asyncProperty(texts, fc.boolean(), (text, sandbox) => readOrRefuse(text, { files, profiles, sandbox })),
    { numRuns: 400 },
  );
});

test("a values file of any text is read or refused", async () => {
  const text = `${HEADED}releases: [{ name: app, namespace: shop, chart: ./app, values: [a.yaml] }]\n`;
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), mutated), (values) =>
      readOrRefuse(text, { files: { "a.yaml": values } }),
    ),
    { numRuns: 300 },
  );
});

test.each([
  ["deep lists", `a: ${"[".repeat(20_000)}`],
  ["deep and closed lists", `a: ${"[".repeat(2_000)}${"]".repeat(2_000)}`],
  ["deep mappings", Array.from({ length: 3_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  [
    "anchors that multiply",
    Array.from({ length: 30 }, (_, n) => (n === 0 ? "a0: &a0 [x]" : `a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`)).join(
      "\n",
    ),
  ],
  [
    "merge keys that multiply",
    Array.from({ length: 30 }, (_, n) =>
      n === 0 ? "a0: &a0 { x: 1 }" : `a${n}: &a${n} { y${n}: *a${n - 1}, z${n}: *a${n - 1}, <<: *a${n - 1} }`,
    ).join("\n"),
  ],
  ["very many keys", Array.from({ length: 60_000 }, (_, n) => `k${n}: 1`).join("\n")],
  [
    "very many needs",
    `releases:\n${Array.from({ length: 3_000 }, (_, n) => `  - { name: r${n}, namespace: x, chart: ./x, needs: [r${n + 1}] }`).join("\n")}`,
  ],
  ["a file that is too large", "#".repeat(5 * 1024 * 1024)],
])("%s end soon, in a report", async (_name, text) => {
  await expect(read(HEADED + text)).rejects.toBeInstanceOf(ConfigError);
});

const mapping = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.jsonValue({ maxDepth: 3 }),
) as fc.Arbitrary<JsonObject>;

test("layers can be merged in any grouping", () => {
  fc.assert(
    fc.property(mapping, mapping, (below, above) => {
      expect(mergeValues(below, {})).toEqual(below);
      expect(mergeValues({}, above)).toEqual(above);
      expect(mergeLayers([below, above, above])).toEqual(mergeValues(below, above));
    }),
  );
});
