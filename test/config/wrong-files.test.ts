import { describe, expect, test } from "vitest";
import { inOneLine, problemsOf, read } from "./reading.ts";
import { formatError } from "../../src/report/errors.ts";
import { WRONG_FILES } from "./wrong-files.ts";

describe("a wrong stack file is refused with every problem in one report", () => {
  test.each(WRONG_FILES)("$name", async ({ text, report, ...reading }) => {
    expect((await problemsOf(text, reading)).map(inOneLine)).toEqual(report);
  });

  test.each(WRONG_FILES)("$name: as people see it", async ({ text, report: _report, ...reading }) => {
    const error = await read(text, reading).catch((thrown: unknown) => thrown);
    expect(formatError(error, { color: false, verbose: false })).toMatchSnapshot();
  });
});

describe("a problem's frame", () => {
  test("shows three lines, numbered, and marks the place", async () => {
    const [problem] = await problemsOf(
      "apiVersion: flotilla/v1\nstack: shop\nreleases:\n  - name: app\n    namespac: shop\n    namespace: shop\n    chart: ./app\n",
    );
    expect(problem?.frame).toBe(
      ["  4 |   - name: app", "> 5 |     namespac: shop", "    |     ^", "  6 |     namespace: shop"].join("\n"),
    );
  });

  test("keeps the caret under the place when numbers have two digits, lines end in CRLF and tabs stand before it", async () => {
    const lines = [...Array.from({ length: 9 }, () => "#"), "apiVersion: flotilla/v1", "stack: shop\t# a", "\tx: 1"];
    const [problem] = await problemsOf(lines.join("\r\n"));
    expect(problem?.frame).toBe(["  11 | stack: shop # a", "> 12 |  x: 1", "     | ^"].join("\n"));
  });

  test("stays readable in very long lines", async () => {
    const [problem] = await problemsOf(
      `{ apiVersion: flotilla/v1, stack: ${"a".repeat(40)}, ${" ".repeat(300)}oops: 1, state: {} }`,
    );
    const [line = "", caret = ""] = problem?.frame?.split("\n") ?? [];
    expect(line.length).toBeLessThan(140);
    expect(line.slice(caret.indexOf("^"))).toMatch(/^oops: 1/);
  });

  test("stars out a password in a URL", async () => {
    const [problem] = await problemsOf(
      "apiVersion: flotilla/v1\nstack: shop\nreleases:\n  - { name: app, namespace: shop, chart: 'oci://me:hunter2@charts.example/app' }\n",
    );
    expect(problem?.frame).toContain("oci://**********@charts.example/app");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});

test("the error counts its problems", async () => {
  const wrong = "apiVersion: flotilla/v1\nstack: shop\nrequires: { helm: new, flotilla: old }\n";
  await expect(read(wrong)).rejects.toMatchObject({
    code: "config-invalid",
    message: "flotilla.yaml has 2 errors",
    problems: [{ severity: "error" }, { severity: "error" }],
  });
});
