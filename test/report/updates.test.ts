import { expect, it } from "vitest";
import { createOutput } from "../../src/report/output.ts";
import { createUpdates } from "../../src/report/updates.ts";
import { Screen, Sink } from "./screen.ts";

it("draws each text over the last one in a terminal, and never more than fits", () => {
  const screen = new Screen(30, 6);
  const update = createUpdates(
    { out: screen, interactive: true, columns: 80, rows: 24, now: () => 0 },
    createOutput(screen, { name: "standard output", isFile: false }),
  );
  update({}, "one of two releases ready\nbase\nistiod: waiting for what takes long\n");
  update({}, "two releases ready\nbase\n");
  expect(screen.lines().slice(0, 3)).toEqual(["two releases ready", "base", ""]);
  expect(screen.lines()[3]).toMatch(/Ctrl-C ends$/);
  expect(screen.lines()).toHaveLength(4);
  update({}, Array.from({ length: 20 }, (_, index) => `release ${index}`).join("\n"));
  expect(screen.lines().length).toBeLessThan(6);
});

it("writes one after the other elsewhere, with the time", () => {
  const out = new Sink();
  const options = { out, interactive: false, columns: 80, rows: 24, now: () => 0 };
  const update = createUpdates(options, createOutput(out, { name: "standard output", isFile: false }));
  update({}, "one\n");
  update({}, "two\n");
  expect(out.written).toBe("1970-01-01T00:00:00.000Z\none\n\n1970-01-01T00:00:00.000Z\ntwo\n\n");
});
