import { build } from "esbuild";
import { Writable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import { createReporter, type OutputOptions } from "../../src/report/reporter.ts";
import { finished, progress, releaseStep, runResult, runStarted, stepStarted } from "./samples.ts";
import { Screen, Sink, until } from "./screen.ts";

afterEach(() => {
  vi.useRealTimers();
});

function start(change: Partial<OutputOptions>) {
  const out = new Sink();
  const err = new Sink();
  const options: OutputOptions = {
    format: "text",
    color: false,
    interactive: false,
    columns: 80,
    rows: 24,
    verbose: false,
    out,
    err,
    now: () => Date.UTC(2026, 10, 23),
    ...change,
  };
  return { reporter: createReporter(options), out, err };
}

const EVENTS: readonly RunEvent[] = [
  { type: "notice", level: "warning", message: "careful", hint: null },
  runStarted([releaseStep("base", [])]),
  stepStarted("release/base"),
  progress("release/base", 0, 1, ["x"]),
  finished("release/base"),
  { type: "run-finished", result: runResult() },
];

describe("text", () => {
  it("writes the result, ended with a line break, to out and everything else to err", async () => {
    const { reporter, out, err } = start({});
    for (const event of EVENTS) reporter.emit(event);
    await reporter.result({ version: 1 }, "all is well");
    await reporter.error(new FlotillaError("timeout", "Too late."));
    await reporter.finish();
    expect(out.written).toBe("all is well\n");
    expect(err.written.split("\n").at(0)).toBe("[   0.0s] warning: careful");
    expect(err.written.endsWith("error[timeout]: Too late.\n")).toBe(true);
  });
});

describe("json", () => {
  it("writes nothing but the document to out; notices and errors go to err as text", async () => {
    const { reporter, out, err } = start({ format: "json", interactive: true });
    for (const event of EVENTS) reporter.emit(event);
    await reporter.result({ version: 1, name: "\u001b[31m" }, "text");
    await reporter.error(new FlotillaError("timeout", "Too late."));
    expect(JSON.parse(out.written)).toEqual({ version: 1, name: "\u001b[31m" });
    expect(out.written.endsWith("}\n")).toBe(true);
    expect(err.written).toBe("warning: careful\nerror[timeout]: Too late.\n");
  });

  it("adds progress lines on err when it is verbose", () => {
    const { reporter, err } = start({ format: "json", verbose: true });
    for (const event of EVENTS) reporter.emit(event);
    expect(err.written).toContain("release/base: installing");
  });
});

describe("ndjson", () => {
  it("writes one event a line, numbered without gaps, the result last, and nothing to err", async () => {
    const { reporter, out, err } = start({ format: "ndjson" });
    for (const event of EVENTS) reporter.emit(event);
    await reporter.result({ version: 1, run: "r1", outcome: "succeeded" }, "text");
    reporter.emit({ type: "notice", level: "info", message: "too late", hint: null });
    await reporter.error(new Error("too late as well"));
    await reporter.finish();
    const lines: Record<string, unknown>[] = out.written
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ seq, type, run }) => [seq, type, run])).toEqual([
      [1, "notice", null],
      [2, "run-started", "r1"],
      [3, "step-started", "r1"],
      [4, "step-progress", "r1"],
      [5, "step-finished", "r1"],
      [6, "run-finished", "r1"],
      [7, "result", "r1"],
    ]);
    expect(lines[3]).toEqual({
      time: "2026-11-23T00:00:00.000Z",
      seq: 4,
      type: "step-progress",
      run: "r1",
      step: "release/base",
      release: null,
      ready: 0,
      total: 1,
      awaiting: ["x"],
    });
    expect(lines[5]).toMatchObject({ outcome: "succeeded", durationMs: 12_300 });
    expect(lines[6]).toMatchObject({ version: 1, outcome: "succeeded" });
    expect(err.written).toBe("");
  });

  it("ends with an error line when there is no result", async () => {
    const { reporter, out, err } = start({ format: "ndjson" });
    await reporter.error(new FlotillaError("lock-stale", "The lock is stale.", { hint: "Run lock." }));
    expect(JSON.parse(out.written)).toMatchObject({ seq: 1, type: "error", code: "lock-stale", hint: "Run lock." });
    expect(err.written).toBe("");
  });
});

describe("in a terminal", () => {
  it("opens a live view for work that takes its time and clears it for the result of a run that went well", async () => {
    const screen = new Screen(80, 24);
    const { reporter, out } = start({ interactive: true, err: screen });
    for (const event of EVENTS.slice(0, 3)) reporter.emit(event);
    await until(() => screen.lines().some((line) => line.includes("base  installing")));
    expect(screen.lines()[0]).toBe("warning: careful");
    for (const event of EVENTS.slice(3)) reporter.emit(event);
    await reporter.result({}, "table");
    expect(screen.lines()).toEqual(["warning: careful"]);
    expect([screen.cursorShown, out.written]).toEqual([true, "table\n"]);
  });

  it("keeps the last frame of a run that failed, and sets the error off by an empty line", async () => {
    const screen = new Screen(80, 24);
    const { reporter } = start({ interactive: true, err: screen });
    for (const event of EVENTS.slice(0, 3)) reporter.emit(event);
    await until(() => screen.lines().some((line) => line.includes("base  installing")));
    reporter.emit(finished("release/base", { outcome: "failed", message: "no" }));
    await reporter.error(new FlotillaError("run-failed", "One step failed."));
    expect(screen.lines().slice(2)).toEqual(["✖   0.7s  base  failed: no", "", "error[run-failed]: One step failed."]);
    expect(screen.cursorShown).toBe(true);
  });

  it("keeps finished preparation, gives the terminal back between two pieces of work, and opens again", async () => {
    const screen = new Screen(80, 24);
    const { reporter } = start({ interactive: true, err: screen });
    for (const task of ["one", "two"]) {
      reporter.emit({ type: "task-started", task, title: `Task ${task}` });
      await until(() => screen.lines().some((line) => line.endsWith(`0s  Task ${task}`)));
      expect(screen.cursorShown).toBe(false);
      reporter.emit({ type: "task-finished", task, outcome: "done", detail: "", durationMs: 200 });
      expect(screen.cursorShown).toBe(true);
    }
    expect(screen.lines()).toEqual(["✔   0.2s  Task one", "✔   0.2s  Task two"]);
  });

  it("shows nothing for work that is over at once", async () => {
    vi.useFakeTimers();
    const screen = new Screen(80, 24);
    const { reporter } = start({ interactive: true, err: screen });
    for (const event of EVENTS.slice(1)) reporter.emit(event);
    await reporter.result({}, "table");
    expect([screen.written, vi.getTimerCount()]).toEqual(["", 0]);
  });

  it("is stopped before the view has opened", () => {
    vi.useFakeTimers();
    const screen = new Screen(80, 24);
    const { reporter } = start({ interactive: true, err: screen });
    reporter.emit({ type: "task-started", task: "one", title: "Task" });
    expect(vi.getTimerCount()).toBe(1);
    reporter.stop();
    expect([screen.written, vi.getTimerCount()]).toEqual(["", 0]);
  });
});

describe("streams that end", () => {
  function broken(code: string): Writable {
    return new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
    });
  }

  it("ends quietly when the reader has gone", async () => {
    for (const format of ["text", "json", "ndjson"] as const) {
      const { reporter } = start({ format, out: broken("EPIPE"), err: broken("EPIPE") });
      for (const event of EVENTS) reporter.emit(event);
      await reporter.result({ version: 1 }, "x".repeat(100_000));
      await reporter.result({ version: 1 }, "more");
      await expect(reporter.finish()).resolves.toBeUndefined();
    }
  });

  it("tells what goes on to show changes that nobody reads them any more", async () => {
    for (const format of ["text", "ndjson"] as const) {
      expect(await start({ format }).reporter.update({ version: 1 }, "text")).toBe(true);
      const { reporter } = start({ format, out: broken("EPIPE") });
      expect(await reporter.update({ version: 1 }, "text")).toBe(false);
    }
    await expect(start({ out: broken("ENOSPC") }).reporter.update({}, "text")).rejects.toMatchObject({
      code: "internal",
    });
  });

  it("says so when the result could not be written for another reason", async () => {
    const { reporter } = start({ out: broken("ENOSPC") });
    await expect(reporter.result({}, "text")).rejects.toMatchObject({
      code: "internal",
      message: "Cannot write to standard output: write ENOSPC.",
    });
    const { reporter: log } = start({ out: broken("ENOSPC"), file: "the log file run.log" });
    await expect(log.result({}, "text")).rejects.toMatchObject({
      code: "write-failed",
      message: "Cannot write to the log file run.log: write ENOSPC.",
    });
  });
});

describe("start-up", () => {
  it("does not load listr2 with the reporter", async () => {
    const { metafile } = await build({
      entryPoints: ["src/report/reporter.ts"],
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      outdir: "out",
      write: false,
      metafile: true,
    });
    const loadedAtOnce = new Set<string>();
    const waiting = ["out/reporter.js"];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      const output = metafile.outputs[file];
      for (const input of Object.keys(output?.inputs ?? {})) loadedAtOnce.add(input);
      waiting.push(
        ...(output?.imports ?? []).filter(({ kind }) => kind === "import-statement").map(({ path }) => path),
      );
    }
    expect([...loadedAtOnce]).toContain("src/report/reporter.ts");
    expect([...loadedAtOnce].filter((input) => input.includes("node_modules"))).toEqual([]);
  });
});
