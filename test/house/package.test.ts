import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { readSources } from "./sources.ts";

const run = promisify(execFile);

/** What `npm pack` would put into the package, as far as it is there. */
async function packedFiles(): Promise<readonly string[]> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: packageRoot() });
  const [packed] = JSON.parse(stdout) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}

test("the package holds the pages that hints and comments send their readers to", async () => {
  const texts = readSources().map(({ text }) => text);
  const pages = texts.flatMap((text) => [...text.matchAll(/(?<![\w./])docs\/[\w-]+\.md/g)].map(([page]) => page));
  expect(new Set(pages).size).toBeGreaterThan(2);
  expect(await packedFiles()).toEqual(expect.arrayContaining([...new Set(pages)]));
});

test("the command line and the library are built before they are packed", () => {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  expect(manifest).toMatchObject({
    files: expect.arrayContaining(["bin", "dist"]) as unknown,
    scripts: { prepack: "node scripts/build.mjs --library" },
  });
});
