import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { useTempFolder } from "../support/temp-folder.ts";
import { addTests, GOOD, makeProject, runScript } from "./vitest-project.ts";

const folder = useTempFolder();

/** Runs `npm test`'s script where the suite `unit` holds these files and the others none. */
async function runTests(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  await makeProject(folder.path);
  const projects = ["unit", "charts", "cluster", "node"].map((name) => ({
    test: { name, include: [`test/${name}/*.test.js`] },
  }));
  await writeFile(
    folder.join("vitest.config.js"),
    `export default { test: { projects: ${JSON.stringify(projects)} } };`,
  );
  for (const [name, text] of Object.entries(files)) await addTests(folder.join("test", "unit"), name, text);
  const { exit, lines } = await runScript(folder.path, "test.mjs", ...args);
  return { exit, last: lines.at(-1), failures: lines.filter((line) => line.startsWith("failed: ")).toSorted() };
}

test("npm test ends with what passed, over all files, and exit code 0", async () => {
  expect(await runTests({ good: GOOD, more: GOOD })).toEqual({
    exit: 0,
    last: "4 passed, 0 failed",
    failures: [],
  });
});

test("or with each failure and how many, and exit code 1", async () => {
  const broken = 'import "./nothing.js"; test("never", () => {});';
  const wrong = 'describe("sums", () => test("add up", () => expect(1).toBe(2)));';
  const files = { good: GOOD, broken, skipped: 'test.skip("a", () => {});', wrong };
  expect(await runTests(files)).toEqual({
    exit: 1,
    last: "2 passed, 3 failed",
    failures: [
      expect.stringMatching(/^failed: test\/unit\/broken\.test\.js: .*nothing\.js/),
      "failed: test/unit/skipped.test.js > a: skipped",
      "failed: test/unit/wrong.test.js > sums > add up: expected 1 to be 2 // Object.is equality",
    ],
  });
});

test("no test at all is a failure", async () => {
  expect(await runTests({})).toEqual({
    exit: 1,
    last: "0 passed, 1 failed",
    failures: ["failed: no test was found"],
  });
});

test("a filter narrows it down; one that fits nothing is a failure", async () => {
  expect(await runTests({ good: GOOD, more: GOOD }, "more")).toMatchObject({ exit: 0, last: "2 passed, 0 failed" });
  expect((await runScript(folder.path, "test.mjs", "nonsense")).lines.at(-1)).toBe("0 passed, 1 failed");
});

test("--suite runs that suite instead", async () => {
  expect(await runTests({ good: GOOD }, "--suite", "charts")).toMatchObject({ exit: 1, last: "0 passed, 1 failed" });
});

test("--suite node without a cluster fails and says what to do", async () => {
  await makeProject(folder.path);
  const { exit, lines, stderr } = await runScript(folder.path, "test.mjs", "--suite", "node");
  expect({ exit, last: lines.at(-1) }).toEqual({ exit: 1, last: "0 passed, 1 failed" });
  expect(stderr).toContain("FLOTILLA_TEST_KUBECONFIG=");
});
