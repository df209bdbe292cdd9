import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTests, GOOD, makeProject, runScript } from "./vitest-project.ts";

const THROW = '{ throw new Error("x"); }';
const WAIT = "await new Promise((resolve) => setTimeout(resolve, 50));";

/** What a second file holds beside one with two good tests, and what the whole comes to. */
const CASES: readonly (readonly [string, string, string])[] = [
  ["good tests", GOOD, "4 passed, 0 failed"],
  ["a test that fails", 'test("a", () => expect(1).toBe(2));', "2 passed, 1 failed"],
  ["beforeAll that fails: none of its tests ran", `beforeAll(() => ${THROW}); ${GOOD}`, "2 passed, 2 failed"],
  [
    "beforeAll of a group that fails",
    `describe("g", () => { beforeAll(() => ${THROW}); ${GOOD} });`,
    "2 passed, 2 failed",
  ],
  ["afterAll that fails though all tests passed", `afterAll(() => ${THROW}); ${GOOD}`, "4 passed, 1 failed"],
  ["an import that fails", 'import "./nothing.js"; test("a", () => {});', "2 passed, 1 failed"],
  ["a file that breaks while it is read", `test("a", () => {}); ${THROW}`, "2 passed, 1 failed"],
  ["skipped tests", 'test.skip("a", () => {}); test.todo("b"); test("c", (at) => at.skip());', "2 passed, 3 failed"],
  ["a skipped group", `describe.skip("g", () => { ${GOOD} });`, "2 passed, 2 failed"],
  ["tests left out by .only", 'test.only("a", () => {}); test("b", () => {});', "3 passed, 1 failed"],
  [
    "a rejection that nobody handles",
    `test("a", async () => { void Promise.reject(new Error("x")); ${WAIT} });`,
    "3 passed, 1 failed",
  ],
  ["an error from a timer", `test("a", async () => { setTimeout(() => ${THROW}, 1); ${WAIT} });`, "3 passed, 1 failed"],
  ["a file without a test", "", "2 passed, 1 failed"],
  ["an empty group", 'describe("g", () => {});', "2 passed, 1 failed"],
  ["test.fails that does not", 'test.fails("a", () => {});', "2 passed, 1 failed"],
];

/** Runs each folder of `cases/` by itself, in one process, and prints its count. */
const DRIVER = `
  import { startVitest } from "vitest/node";
  import { countTests } from "./count-tests.mjs";
  for (let number = 0; number < Number(process.argv[2]); number += 1) {
    const root = "cases/" + number;
    const options = { root, run: true, watch: false, config: false, pool: "threads", include: ["*.test.js"], reporters: [{}] };
    const vitest = await startVitest("test", [], options);
    const { passed, failures } = countTests(vitest);
    await vitest.close();
    console.log("count " + passed + " passed, " + failures.length + " failed");
  }
  process.exit(0);
`;

let folder = "";
let counts: readonly string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-count-"));
  await makeProject(folder);
  await writeFile(join(folder, "scripts", "driver.mjs"), DRIVER);
  for (const [number, [, text]] of CASES.entries()) {
    const root = join(folder, "cases", String(number));
    await mkdir(root, { recursive: true });
    await addTests(root, "good", GOOD);
    await addTests(root, "other", text);
  }
  const { lines } = await runScript(folder, "driver.mjs", String(CASES.length));
  counts = lines.filter((line) => line.startsWith("count ")).map((line) => line.slice("count ".length));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.for(CASES.map(([title, , count], number) => [title, count, number] as const))("%s: %s", ([, count, number]) => {
  expect(counts).toHaveLength(CASES.length);
  expect(counts[number]).toBe(count);
});
