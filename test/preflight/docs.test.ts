import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FindingCodeInfo } from "../../src/preflight/finding-code-info.ts";
import { FINDING_CODES } from "../../src/preflight/finding-codes.ts";
import { packageRoot } from "../../src/runtime/directories.ts";

/** What docs/doctor.md has to hold: a row a code, in the order of the code. */
const rows = Object.entries(FINDING_CODES).map(([code, { severity, when, remedy, up }]: [string, FindingCodeInfo]) =>
  [`\`${code}\``, severity, when, remedy, up ? "yes" : "no"].join(" | "),
);

test("docs/doctor.md has every code, its severity, when it is found and what to do", async () => {
  const text = await readFile(join(packageRoot(), "docs", "doctor.md"), "utf8");
  const table = text.split("\n").filter((line) => line.startsWith("| `"));
  expect(table).toEqual(rows.map((row) => `| ${row} |`));
});
