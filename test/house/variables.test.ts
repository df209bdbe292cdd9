import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { readSources } from "./sources.ts";

test("docs/variables.md has every variable of ours", () => {
  const docs = readFileSync(join(packageRoot(), "docs", "variables.md"), "utf8");
  const used = new Set(readSources().flatMap(({ text }) => text.match(/\bFLOTILLA_[A-Z_]*[A-Z]/g) ?? []));
  expect(used.size).toBeGreaterThan(15);
  expect([...used].filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
});
