import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { frameLines } from "../../src/report/frame.ts";
import { createPalette } from "../../src/report/colors.ts";
import { reduceRunEvent } from "../../src/report/reducer.ts";
import { EMPTY_RUN_VIEW, isBusy } from "../../src/report/run-view.ts";
import { textWidth } from "../../src/report/text-width.ts";
import { applied, finished, IMAGE_PULL, progress, runResult, runStarted, stepStarted, viewAfter } from "./samples.ts";

describe("a step's way through its states", () => {
  const before = [runStarted()];
  it.each<[string, RunEvent[], object]>([
    ["nothing yet", [], { state: "pending", startedAt: null }],
    ["started", [stepStarted("release/base")], { state: "running", startedAt: 1000 }],
    ["applied", [stepStarted("release/base"), applied("base", 3)], { state: "applied", startedAt: 1000, revision: 3 }],
    [
      "waited for",
      [stepStarted("release/base"), applied("base"), progress("release/base", 1, 3, ["Job x"])],
      { state: "applied", ready: 1, total: 3, awaiting: ["Job x"] },
    ],
    [
      "waited for before helm is done",
      [stepStarted("release/base"), progress("release/base", 0, 1, ["hook"])],
      { state: "running", awaiting: ["hook"] },
    ],
    [
      "done",
      [stepStarted("release/base"), progress("release/base", 0, 1, ["hook"]), finished("release/base")],
      { state: "done", finishedAt: 3000, durationMs: 700, awaiting: [] },
    ],
    [
      "failed",
      [finished("release/base", { outcome: "failed", message: "no", diagnosis: [IMAGE_PULL] })],
      { state: "failed", message: "no", diagnosis: [IMAGE_PULL] },
    ],
    [
      "skipped without ever starting",
      [finished("release/base", { outcome: "skipped" })],
      { state: "skipped", startedAt: null },
    ],
    ["unchanged", [finished("release/base", { outcome: "unchanged" })], { state: "unchanged" }],
    [
      "begun again after its end",
      [finished("release/base", { outcome: "failed", message: "no" }), stepStarted("release/base")],
      { state: "running", message: null, finishedAt: null },
    ],
  ])("%s", (_, events, expected) => {
    const view = viewAfter([...before, ...events]);
    expect(view.steps.find((step) => step.id === "release/base")).toMatchObject(expected);
    expect(view.steps.map((step) => step.id)).toEqual(viewAfter(before).steps.map((step) => step.id));
  });

  it("shows a step that no plan announced", () => {
    expect(viewAfter([stepStarted("release/odd")]).steps).toMatchObject([
      { id: "release/odd", step: null, state: "running" },
    ]);
  });
});

describe("the run", () => {
  it("is busy from its start to its result, and while a task runs", () => {
    const task: RunEvent = { type: "task-started", task: "helm", title: "Helm" };
    const taskOver: RunEvent = { type: "task-finished", task: "helm", outcome: "done", detail: "", durationMs: 1 };
    const runOver: RunEvent = { type: "run-finished", result: runResult() };
    const busy = [[], [task], [task, taskOver], [runStarted()], [runStarted(), runOver]].map((events) =>
      isBusy(viewAfter(events)),
    );
    expect(busy).toEqual([false, true, false, true, false]);
  });

  it("keeps tasks and notices when a second run begins, and starts its steps afresh", () => {
    const view = viewAfter([
      { type: "task-started", task: "helm", title: "Helm" },
      { type: "notice", level: "warning", message: "m", hint: null },
      runStarted(),
      finished("release/base"),
      { type: "run-finished", result: runResult() },
      runStarted(),
    ]);
    expect(view).toMatchObject({ result: null, startedAt: 5000, tasks: [{ id: "helm" }], notices: [{ message: "m" }] });
    expect(new Set(view.steps.map((step) => step.state))).toEqual(new Set(["pending"]));
  });
});

describe("any events in any order", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "世", "\u001b[31m", "\n", " ", "/") });
  const id = fc.constantFrom("release/base", "release/istiod", "gate/istiod", "odd");
  const number = fc.nat(5);
  const event = fc.oneof<fc.Arbitrary<RunEvent>[]>(
    fc.constant(runStarted()),
    fc.record({ step: id }).map(({ step }) => stepStarted(step)),
    id.map((step): RunEvent => ({ type: "release-applied", step, release: step, action: "upgrade", revision: 2 })),
    fc
      .tuple(id, number, number, fc.array(text))
      .map(([step, ready, total, awaiting]) => progress(step, ready, total, awaiting)),
    fc
      .tuple(id, fc.constantFrom("done", "unchanged", "failed", "skipped"), fc.option(text))
      .map(([step, outcome, message]) => finished(step, { outcome, message })),
    text.map((message): RunEvent => ({ type: "notice", level: "info", message, hint: message })),
    fc.tuple(id, text).map(([task, title]): RunEvent => ({ type: "task-started", task, title })),
    fc.tuple(id, text).map(([task, detail]): RunEvent => ({ type: "task-progress", task, detail })),
    fc
      .tuple(id, fc.constantFrom("done", "failed"), text)
      .map(([task, outcome, detail]): RunEvent => ({ type: "task-finished", task, outcome, detail, durationMs: 1 })),
    fc
      .constantFrom("succeeded", "failed", "interrupted")
      .map((outcome): RunEvent => ({ type: "run-finished", result: runResult({ outcome }) })),
  );

  it("never throws, leaves the view before it alone, and always fits the terminal", () => {
    const sizes = fc.record({ columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 30 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), sizes, (events, { columns, rows }) => {
        let view = EMPTY_RUN_VIEW;
        for (const [index, next] of events.entries()) {
          const before = JSON.stringify(view);
          const after = reduceRunEvent(view, next, index * 1000);
          expect(JSON.stringify(view)).toBe(before);
          view = after;
        }
        const lines = frameLines(view, { palette: createPalette(false), columns, rows, now: 0, spinner: "*" });
        expect(lines.length).toBeLessThan(Math.max(1, rows));
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });
});
