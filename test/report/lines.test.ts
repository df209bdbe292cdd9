import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { createPalette } from "../../src/report/colors.ts";
import { createLineSink } from "../../src/report/lines.ts";
import { reduceRunEvent } from "../../src/report/reducer.ts";
import { EMPTY_RUN_VIEW } from "../../src/report/run-view.ts";
import { applied, finished, IMAGE_PULL, progress, runResult, runStarted, stepStarted } from "./samples.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

function start() {
  let written = "";
  let view = EMPTY_RUN_VIEW;
  const sink = createLineSink({
    palette: createPalette(false),
    write: (text) => (written += text),
    now: Date.now,
    verbose: true,
  });
  const emit = (event: RunEvent): void => {
    view = reduceRunEvent(view, event, Date.now());
    sink.event(event, view);
  };
  return { emit, stop: sink.stop, lines: () => written.split("\n").slice(0, -1) };
}

describe("lines", () => {
  it("tells a run, one line an event", () => {
    const { emit, lines } = start();
    emit({ type: "task-started", task: "helm", title: "Downloading Helm 4.3.1" });
    vi.advanceTimersByTime(1500);
    emit({ type: "task-finished", task: "helm", outcome: "done", detail: "", durationMs: 1500 });
    emit(runStarted());
    emit({ type: "notice", level: "warning", message: "old\ncluster", hint: "upgrade it" });
    emit(stepStarted("release/base"));
    emit(applied("base", 2));
    emit(progress("release/base", 0, 1, ["CRD x: not established"]));
    emit(finished("release/base"));
    emit(
      finished("release/istiod", { outcome: "failed", durationMs: 125_000, message: null, diagnosis: [IMAGE_PULL] }),
    );
    emit(finished("release/ingress", { outcome: "skipped", message: "istiod failed" }));
    emit({ type: "run-finished", result: runResult({ outcome: "failed" }) });
    expect(lines()).toEqual([
      "[   0.0s] helm: Downloading Helm 4.3.1",
      "[   1.5s] helm: done in 1.5s",
      "[   1.5s] run: korthweb to dev (kind-dev), 5 steps, run r1",
      "[   1.5s] warning: old cluster",
      "[   1.5s]   upgrade it",
      "[   1.5s] release/base: installing",
      "[   1.5s] release/base: installed as revision 2, waiting until ready",
      "[   1.5s] release/base: waiting, 0/1 ready, awaiting CRD x: not established",
      "[   1.5s] release/base: installed, revision 2 in 0.7s",
      "[   1.5s] release/istiod: failed after 2m05s: The image cannot be pulled.",
      "[   1.5s] release/ingress: skipped: istiod failed",
      "[   1.5s] run: failed in 12s",
    ]);
  });

  it("writes the progress of one subject at most every five seconds", () => {
    const { emit, lines } = start();
    emit({ type: "task-started", task: "etcd", title: "Building etcd" });
    for (let second = 0; second < 12; second += 1) {
      emit({ type: "task-progress", task: "etcd", detail: `${second} packages` });
      emit(progress("release/base", second, 12, []));
      vi.advanceTimersByTime(1000);
    }
    expect(lines().filter((line) => line.includes("packages"))).toEqual([
      "[   0.0s] etcd: 0 packages",
      "[   5.0s] etcd: 5 packages",
      "[  10.0s] etcd: 10 packages",
    ]);
    expect(lines().filter((line) => line.includes("release/base"))).toHaveLength(3);
  });

  it("shows life when nothing changes for half a minute, until the run is over", () => {
    const { emit, lines } = start();
    emit(runStarted());
    emit(stepStarted("release/base"));
    emit(progress("release/base", 0, 1, ["CRD x"]));
    const told = lines().length;
    vi.advanceTimersByTime(29_000);
    expect(lines()).toHaveLength(told);
    vi.advanceTimersByTime(1_000);
    expect(lines().slice(told)).toEqual([
      "[  30.0s] release/base: still installing, 0/1 ready, awaiting CRD x, 30s so far",
    ]);
    vi.advanceTimersByTime(60_000);
    expect(lines()).toHaveLength(told + 3);
    emit({ type: "run-finished", result: runResult() });
    const over = lines().length;
    vi.advanceTimersByTime(120_000);
    expect(lines()).toHaveLength(over);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no timer when it is stopped in the middle", () => {
    const { emit, stop } = start();
    emit(runStarted());
    expect(vi.getTimerCount()).toBe(1);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
