import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GIVE_UP, type GiveUpRule } from "../../src/diagnosis/give-up.ts";
import { DIAGNOSIS_CODES } from "../../src/model/diagnosis.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { rowOf, SCENARIOS } from "../cluster/diagnosis-scenarios.ts";
import { HEALING } from "../cluster/healing-scenarios.ts";

const ROWS = Object.entries<GiveUpRule>(GIVE_UP);

/** What has a test of its own beside the matrix: in which file, under which title. */
const ALONE: Readonly<Record<string, readonly [file: string, title: string]>> = {
  "immutable-field": ["diagnosis.test.ts", "a field that nobody may change is named at once"],
  "release-locked": [
    "release-locked.test.ts",
    "a release that another helm is at work on is named, and left alone until it is done",
  ],
};

const produced: ReadonlySet<string> = new Set([...SCENARIOS, ...HEALING].flatMap((each) => rowOf(each) ?? []));
const heals: ReadonlySet<string> = new Set(HEALING.flatMap((each) => rowOf(each) ?? []));
const codes: ReadonlySet<string> = new Set([...SCENARIOS, ...HEALING].map(({ code }) => code));
const alone = (name: string): boolean => name in ALONE;

test("every row of the give-up table has a scenario that produces it", () => {
  expect(ROWS.map(([row]) => row).filter((row) => !produced.has(row) && !alone(row))).toEqual([]);
});

test("every row that heals has a scenario in which it does", () => {
  const healing = ROWS.filter(([, rule]) => rule.heals).map(([row]) => row);
  expect(healing.filter((row) => !heals.has(row) && !alone(row))).toEqual([]);
});

test("what does not heal has none", () => {
  const final = ROWS.filter(([, rule]) => !rule.heals).map(([row]) => row);
  expect(final.filter((row) => heals.has(row))).toEqual([]);
});

test("every code has a scenario", () => {
  expect(DIAGNOSIS_CODES.filter((code) => !codes.has(code) && !alone(code))).toEqual([]);
});

test("every code stands in the documentation", async () => {
  const text = await readFile(join(packageRoot(), "docs", "diagnosis.md"), "utf8");
  expect(DIAGNOSIS_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

test.each(Object.entries(ALONE))("%s has its test", async (_name, [file, title]) => {
  const text = await readFile(join(packageRoot(), "test", "cluster", file), "utf8");
  expect(text).toContain(`test("${title}"`);
});
