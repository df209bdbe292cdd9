import { describe, expect, test } from "vitest";
import { type FlotillaError, PlanStaleError } from "../../src/model/errors.ts";
import { formatSavedPlan, parseSavedPlan } from "../../src/plan/saved-plan-text.ts";
import { savedPlan } from "./saved-plans.ts";

const TEXT = formatSavedPlan(savedPlan());

function errorOf(text: string): unknown {
  try {
    return parseSavedPlan(text, "p.json");
  } catch (error) {
    return error;
  }
}

test("what was saved is read back, whole", () => {
  expect(parseSavedPlan(TEXT, "p.json")).toEqual(savedPlan());
});

test("the file is JSON that people can read, a line a field", () => {
  expect(TEXT).toMatch(/^\{\n {2}"kind": "flotilla-plan",\n {2}"format": 1,\n/);
  expect(TEXT).toContain('"stack": "demo"');
  expect(TEXT.endsWith("}\n")).toBe(true);
});

test("key order and white space say nothing", () => {
  const shuffled = Object.fromEntries(Object.entries(JSON.parse(TEXT)).toReversed());
  expect(parseSavedPlan(JSON.stringify(shuffled), "p.json")).toEqual(savedPlan());
});

describe("plan-invalid", () => {
  test.for<[string, string, RegExp]>([
    ["cut off", TEXT.slice(0, TEXT.length / 2), /^p\.json is not whole: it ends in the middle\.$/],
    ["empty", "", /is no saved plan/],
    ["other text", "apiVersion: flotilla/v1\n", /is no saved plan/],
    ["other JSON", '{"a": 1}', /is no saved plan of flotilla's/],
    ["a list", "[]", /is no saved plan of flotilla's/],
    ["the output of plan -o json", '{"version": 1, "steps": []}', /what `plan -o json` printed, not a saved plan/],
    ["an action changed", TEXT.replace('"upgrade"', '"uninstall"'), /checksum/],
    ["a revision changed", TEXT.replace('"revision": 3', '"revision": 4'), /checksum/],
    ["a field added", TEXT.replace('"sandbox": false', '"sandbox": false, "more": 1'), /checksum/],
    ["a choice changed", TEXT.replace('"prune": false', '"prune": true'), /checksum/],
    ["no checksum", TEXT.replace(/,\s*"checksum": "[^"]+"/, ""), /checksum/],
  ])("%s", ([, text, message]) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ code: "plan-invalid", hint: expect.stringContaining("flotilla plan --save FILE") });
    expect((error as FlotillaError).message).toMatch(message);
  });
});

test("one of another format is stale, with both formats named", () => {
  const later = formatSavedPlan({ ...savedPlan(), format: 2 as 1, flotilla: "0.9.0" });
  const error = errorOf(later);
  expect(error).toBeInstanceOf(PlanStaleError);
  expect((error as PlanStaleError).differences).toEqual([
    { code: "format", subject: "p.json", saved: "format 2 (flotilla 0.9.0)", now: "format 1" },
  ]);
});

test("a file whose checksum fits and whose shape does not is refused, not stumbled over", () => {
  const broken = formatSavedPlan({ ...savedPlan(), binding: { releases: [{ release: 7 }] } } as never);
  expect(errorOf(broken)).toMatchObject({ code: "plan-invalid" });
});
