import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { type Fence, houseScripts } from "./scripts.ts";

const { FENCES, MAY_EXIT, MAY_PRINT, MAY_SPAWN, lintConfig } = await houseScripts();
const ROOMS = Object.keys(FENCES);
const FENCE_RULE = "eslint(no-restricted-imports)";

/** Starts processes or threads: closed to rooms that may use every other builtin. */
const SPAWNERS = ["node:child_process", "node:cluster", "node:worker_threads"];
const BUILTINS = builtinModules
  .filter((name) => !name.startsWith("_"))
  .map((name) => `node:${name.replace("node:", "")}`);
const manifest: unknown = JSON.parse(await readFile(join(packageRoot(), "package.json"), "utf8"));
const { dependencies, devDependencies } = manifest as Record<string, Record<string, string>>;
const installed = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));
const PACKAGES = [...installed, "left-pad", "@scope/left-pad"];

/** Ways to import: how a line of each looks. */
const KINDS: Readonly<Record<string, (specifier: string, index: number) => string>> = {
  static: (specifier, index) => `import { x as x${index} } from "${specifier}";`,
  type: (specifier, index) => `import type { T as T${index} } from "${specifier}";`,
  "re-export": (specifier, index) => `export { x as x${index} } from "${specifier}";`,
  "re-export of all": (specifier) => `export * from "${specifier}";`,
  dynamic: (specifier) => `void import("${specifier}");`,
  "side effect": (specifier) => `import "${specifier}";`,
};

/** What a file of a room may and may not name; `up` leads from the file's folder to the rooms. */
function specifiers(room: string, fence: Fence, up: string) {
  const rooms = ROOMS.filter((other) => other !== room).map((name) => ({
    specifier: `${up}/${name}/some-file.ts`,
    allowed: fence.rooms.includes(name),
  }));
  const packages = PACKAGES.flatMap((name) =>
    [name, `${name}/inside`].map((specifier) => ({ specifier, allowed: fence.packages.includes(name) })),
  );
  const builtins = BUILTINS.map((specifier) => ({
    specifier,
    allowed: fence.node.includes("*") ? !SPAWNERS.includes(specifier) : fence.node.includes(specifier),
  }));
  const bare = ["fs", "child_process", "path"].map((specifier) => ({ specifier, allowed: false }));
  const elsewhere = [
    `${up}/index.ts`,
    `${up}/../scripts/fences.mjs`,
    "/etc/x.ts",
    "file:///etc/x.ts",
    "https://x.example/x.ts",
  ];
  const own = ["./some-file.ts", "./deep/some-file.ts", ...(up === ".." ? [] : ["../some-file.ts"])];
  return [
    ...rooms,
    ...packages,
    ...builtins,
    ...bare,
    ...elsewhere.map((specifier) => ({ specifier, allowed: false })),
    ...own.map((specifier) => ({ specifier, allowed: true })),
  ];
}

let folder = "";
/** What oxlint says: `file` → rule → 1-based lines. */
const reported = new Map<string, Map<string, Set<number>>>();
const linesOf = (file: string, rule: string): readonly number[] =>
  [...(reported.get(file)?.get(rule) ?? [])].toSorted((left, right) => left - right);

/** A file whose lines are planted; the index of a line in the list is its number less one. */
async function plant(file: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), `${lines.join("\n")}\n`);
}

/** A file in the room itself and one in a folder below it. */
const PLACES = [
  ["", ".."],
  ["deep/", "../.."],
] as const;

/** Each prints or ends the process. */
const PRINTING = ["console.log(1);", "console.error(1);", "console.warn(1);"];
const EXITING = ["process.exit(1);"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-fences-"));
  await writeFile(join(folder, ".oxlintrc.json"), JSON.stringify(lintConfig()));
  for (const [room, fence] of Object.entries(FENCES)) {
    for (const [deep, up] of PLACES) {
      const all = specifiers(room, fence, up);
      for (const [kind, write] of Object.entries(KINDS)) {
        await plant(
          `src/${room}/${deep}${kind}.ts`,
          all.map(({ specifier }, index) => write(specifier, index)),
        );
      }
      await plant(`src/${room}/${deep}acts.ts`, [...PRINTING, ...EXITING, "export const x: any = 1;"]);
    }
  }
  await plant(MAY_SPAWN, ['import { spawn } from "node:child_process";', 'import { x } from "../kube/some-file.ts";']);
  await plant(
    "src/model/long.ts",
    Array.from({ length: 301 }, (_, line) => `export const x${line} = 1;`),
  );
  await plant("src/model/one.ts", ['import { two } from "./two.ts";', "export const one = two;"]);
  await plant("src/model/two.ts", ['import { one } from "./one.ts";', "export const two = one;"]);
  const oxlint = join(packageRoot(), "node_modules", ".bin", "oxlint");
  const output = await new Promise<string>((resolve) => {
    execFile(oxlint, ["-f", "json", "src"], { cwd: folder, maxBuffer: 1 << 30 }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as {
    readonly diagnostics: readonly {
      readonly code: string;
      readonly filename: string;
      readonly labels: readonly { readonly span: { readonly line: number } }[];
    }[];
  };
  for (const { code, filename, labels } of diagnostics) {
    const rules = reported.get(filename) ?? new Map<string, Set<number>>();
    reported.set(filename, rules.set(code, (rules.get(code) ?? new Set()).add(labels[0]?.span.line ?? 0)));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.for(ROOMS)("a file of %s/", (room) => {
  const fence = FENCES[room] ?? { rooms: [], packages: [], node: [] };

  test.for(Object.keys(KINDS))("may import what the table says, and nothing else: %s", (kind) => {
    for (const [deep, up] of PLACES) {
      const all = specifiers(room, fence, up);
      const lines = linesOf(`src/${room}/${deep}${kind}.ts`, FENCE_RULE);
      const named = lines.map((line) => all[line - 1]?.specifier);
      expect(named).toEqual(all.filter(({ allowed }) => !allowed).map(({ specifier }) => specifier));
    }
  });

  test(`${MAY_PRINT.includes(room) ? "may" : "may not"} print`, () => {
    for (const [deep] of PLACES) {
      const lines = linesOf(`src/${room}/${deep}acts.ts`, "eslint(no-console)");
      expect(lines).toEqual(MAY_PRINT.includes(room) ? [] : [1, 2, 3]);
    }
  });

  test(`${MAY_EXIT.includes(room) ? "may" : "may not"} end the process`, () => {
    for (const [deep] of PLACES) {
      const lines = linesOf(`src/${room}/${deep}acts.ts`, "unicorn(no-process-exit)");
      expect(lines).toEqual(MAY_EXIT.includes(room) ? [] : [4]);
    }
  });

  test("may not give up types", () => {
    expect(linesOf(`src/${room}/acts.ts`, "typescript(no-explicit-any)")).toEqual([5]);
  });
});

describe("the house", () => {
  test("lets one file start processes, which is held to its room's fences otherwise", () => {
    expect(linesOf(MAY_SPAWN, FENCE_RULE)).toEqual([2]);
  });

  test("refuses long files and circles", () => {
    expect(reported.get("src/model/long.ts")?.has("eslint(max-lines)")).toBe(true);
    expect(reported.get("src/model/one.ts")?.has("import(no-cycle)")).toBe(true);
  });

  test("has a fence for each room, and a room for each fence", async () => {
    const entries = await readdir(join(packageRoot(), "src"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(folders.toSorted()).toEqual(ROOMS.toSorted());
  });

  test("is linted by these rules: .oxlintrc.json is as generated", async () => {
    const onDisk = await readFile(join(packageRoot(), ".oxlintrc.json"), "utf8");
    expect(onDisk).toBe(`${JSON.stringify(lintConfig(), null, 2)}\n`);
  });
});
