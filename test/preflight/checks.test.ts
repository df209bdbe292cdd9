import { describe, expect, test } from "vitest";
import { FINDING_CODES } from "../../src/preflight/finding-codes.ts";
import { runChecks, runPreflightChecks } from "../../src/preflight/run-checks.ts";
import { CHECK_CASES } from "./check-cases.ts";
import { charts, facts } from "./samples.ts";

describe("the checks find", () => {
  test.for(CHECK_CASES)("$name", ({ facts: given, found }) => {
    const findings = runChecks(given);
    expect(findings.map(({ code }) => code)).toEqual(found.map(([code]) => code));
    for (const [index, [, text]] of found.entries()) {
      const { message = "", hint = "" } = findings[index] ?? {};
      expect(text.startsWith("→") ? `→${hint}` : message).toContain(text);
      expect(hint).not.toBe("");
    }
  });

  test("nothing where nobody looked", () => {
    expect(runChecks(facts())).toEqual([]);
  });
});

test("every code has a case", () => {
  const found = new Set(CHECK_CASES.flatMap((each) => each.found.map(([code]) => code)));
  expect([...found].toSorted()).toEqual(Object.keys(FINDING_CODES).toSorted());
});

test("what is an error to doctor is looked for by up as well", () => {
  const errors = Object.entries(FINDING_CODES).filter(([, { severity }]) => severity === "error");
  expect(errors.filter(([, { up }]) => !up)).toEqual([]);
});

test("what is only nice to know is not up's business", () => {
  const given = facts({ helm: { value: { version: "4.3.1" } }, charts: charts("1.29.1"), identity: { value: "jane" } });
  expect(runPreflightChecks(given).map(({ code }) => code)).toEqual(["helm-webhook-conflict", "istio-end-of-life"]);
});
