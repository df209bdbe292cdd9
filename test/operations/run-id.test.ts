import { expect, test } from "vitest";
import { newRunId } from "../../src/operations/run-id.ts";

test("a run's name says when it began, in UTC", () => {
  expect(newRunId(new Date("2026-11-23T20:05:17.999Z"))).toMatch(/^20261123-200517-[0-9a-f]{4}$/);
});

test("names sort by time, and runs of the same second have different ones", () => {
  const times = ["2026-09-30T23:59:59Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"];
  const names = times.map((time) => newRunId(new Date(time)));
  expect(names.toSorted()).toEqual(names);
  const same = new Set(Array.from({ length: 20 }, () => newRunId(new Date("2026-11-23T20:05:17Z"))));
  expect(same.size).toBeGreaterThan(10);
});
