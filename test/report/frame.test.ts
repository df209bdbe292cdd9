import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { createPalette } from "../../src/report/colors.ts";
import { foldSteps } from "../../src/report/fold.ts";
import { finishedTaskLine, frameLines } from "../../src/report/frame.ts";
import { applied, finished, progress, releaseStep, runStarted, stepStarted, viewAfter } from "./samples.ts";

function frame(
  events: readonly RunEvent[],
  change: { columns?: number; rows?: number; spinner?: string | null } = {},
): string[] {
  const now = events.length * 1000;
  const options = { palette: createPalette(false), columns: 80, rows: 24, now, spinner: "*", ...change };
  return frameLines(viewAfter(events), options);
}

const MIDWAY: readonly RunEvent[] = [
  runStarted(),
  finished("namespace/istio-system", { durationMs: 100 }),
  stepStarted("release/base"),
  applied("base"),
  finished("release/base"),
  stepStarted("release/istiod"),
  applied("istiod"),
  progress("release/istiod", 2, 3, ["Deployment istiod: 0/1 pods ready", "Service istiod: no endpoints"]),
];

describe("frame", () => {
  it("shows one line a step: what is over, what is awaited, what is to come", () => {
    expect(frame(MIDWAY, { columns: 120 })).toEqual([
      "korthweb → dev (kind-dev)  2/5 steps  8s",
      "✔   0.1s  namespace istio-system    created",
      "✔   0.7s  base                      installed, revision 1",
      "*     3s  istiod                    waiting, Deployment istiod: 0/1 pods ready, awaiting Service istiod: no endpoints",
      "·         injection gate (ingress)",
      "·         ingress",
    ]);
  });

  it("shows failures with their reason, what was skipped, what was unchanged", () => {
    const events = [
      runStarted(),
      finished("namespace/istio-system", { outcome: "unchanged" }),
      finished("release/base", { outcome: "failed", durationMs: 125_000, message: "Not ready\nwithin 2m." }),
      finished("release/istiod", { outcome: "skipped", message: "base failed" }),
    ];
    expect(frame(events).slice(1, 4)).toEqual([
      "=         namespace istio-system    unchanged",
      "✖  2m05s  base                      failed: Not ready within 2m.",
      "↷         istiod                    skipped: base failed",
    ]);
  });

  it("shows running preparation above the steps, and not what is over", () => {
    const events: RunEvent[] = [
      { type: "task-started", task: "helm", title: "Downloading Helm 4.3.1" },
      { type: "task-started", task: "etcd", title: "Building etcd" },
      { type: "task-progress", task: "helm", detail: "40%" },
      { type: "task-finished", task: "etcd", outcome: "done", detail: "cached", durationMs: 2100 },
    ];
    expect(frame(events)).toEqual(["*     4s  Downloading Helm 4.3.1, 40%"]);
    const [, etcd] = viewAfter(events).tasks;
    expect(etcd === undefined ? "" : finishedTaskLine(etcd, createPalette(false))).toBe(
      "✔   2.1s  Building etcd, cached",
    );
  });

  it("marks what was still running in the last frame", () => {
    expect(frame(MIDWAY, { spinner: null })[3]).toMatch(/^■ {5}3s {2}istiod/);
  });

  it("cuts lines to the terminal", () => {
    expect(frame(MIDWAY, { columns: 40 })[3]).toBe("*     3s  istiod                    wa…");
  });
});

describe("folding", () => {
  const names = Array.from({ length: 30 }, (_, index) => `app-${index}`);
  const thirty = [
    runStarted(names.map((name) => releaseStep(name, []))),
    ...names.slice(0, 20).map((name) => finished(`release/${name}`)),
    stepStarted("release/app-20"),
    stepStarted("release/app-21"),
  ];

  it("keeps a frame of 30 steps within 12 rows, with a sum of what is hidden", () => {
    const lines = frame(thirty, { rows: 12 });
    expect(lines).toHaveLength(10);
    expect(lines.map((line) => line.slice(0, 16).trimEnd())).toEqual([
      "korthweb → dev (",
      "✔   0.7s  app-18",
      "✔   0.7s  app-19",
      "*     2s  app-20",
      "*     1s  app-21",
      "·         app-22",
      "·         app-23",
      "·         app-24",
      "·         app-25",
      "          … 18 f",
    ]);
    expect(lines.at(-1)).toBe("          … 18 finished, 4 to come");
  });

  it("never hides what goes on or failed while it fits", () => {
    const view = viewAfter([...thirty, finished("release/app-3", { outcome: "failed" })]);
    const folded = foldSteps(view.steps, 4);
    expect(folded.shown.map((step) => step.id)).toEqual(["release/app-3", "release/app-20", "release/app-21"]);
    expect(folded).toMatchObject({ foldedOver: 19, foldedPending: 8, foldedOther: 0 });
  });

  it("counts even those when there is no room", () => {
    expect(foldSteps(viewAfter(thirty).steps, 2)).toMatchObject({ foldedOther: 1, foldedOver: 20 });
    expect(foldSteps(viewAfter(thirty).steps, 0).shown).toEqual([]);
  });

  it("shows all when all fit", () => {
    expect(foldSteps(viewAfter(thirty).steps, 30).shown).toHaveLength(30);
  });
});
