import { basename } from "node:path";
import { expect, test } from "vitest";
import { readSources } from "./sources.ts";

const modules = readSources().map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 }));

test("no module is longer than 300 lines", () => {
  expect(modules.filter(({ lines }) => lines > 300)).toEqual([]);
});

test("half of them have at most 90", () => {
  const lengths = modules.map(({ lines }) => lines).toSorted((left, right) => left - right);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(90);
});

test("each has one topic and is named for it: no heaps, no barrels", () => {
  const heaps = ["util", "utils", "helper", "helpers", "common", "misc", "index"].map((name) => `${name}.ts`);
  const named = modules.filter(({ file }) => heaps.includes(basename(file)) && file !== "src/index.ts");
  expect(named).toEqual([]);
});
