import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROBE_CODES } from "../../src/model/verify-report.ts";
import { packageRoot } from "../../src/runtime/directories.ts";

test("docs/verify.md says what every code means", async () => {
  const text = await readFile(join(packageRoot(), "docs", "verify.md"), "utf8");
  expect(PROBE_CODES.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});
