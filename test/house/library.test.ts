import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";

const run = promisify(execFile);
let library: string;

beforeAll(async () => {
  // Inside the package, so that the library finds the package's dependencies and files.
  library = await mkdtemp(join(packageRoot(), "node_modules", ".library-"));
  const tsc = join(packageRoot(), "node_modules", ".bin", "tsc");
  await run(tsc, ["-p", join(packageRoot(), "tsconfig.build.json"), "--outDir", library]);
}, 120_000);

afterAll(() => rm(library, { recursive: true, force: true }));

test("the library gives programs the operations", async () => {
  const code = `import * as flotilla from ${JSON.stringify(join(library, "index.js"))}; console.log(Object.keys(flotilla).sort().join(" "));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code]);
  expect(stdout.trim().split(" ")).toEqual(
    expect.arrayContaining(["connectCluster", "createPlan", "loadStack", "readStatus", "resolveLock", "runPlan"]),
  );
});

test("no type of a dependency shows in it", async () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from = ""] of (await readFile(file, "utf8")).matchAll(/from "([^"]+)"|import\("([^"]+)"\)/g)) {
      if (from.startsWith(".")) await visit(resolve(dirname(file), from.replace(/(\.d)?\.[jt]s$/, ".d.ts")));
      else packages.add(from);
    }
  };
  await visit(join(library, "index.d.ts"));
  expect([...packages]).toEqual([]);
});
