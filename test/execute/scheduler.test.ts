import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schedule, type SchedulerNode } from "../../src/execute/scheduler.ts";
import { ancestorsOf, randomGraph } from "../support/random-graph.ts";

const node = (id: string, ...needs: readonly string[]): SchedulerNode => ({ id, needs });

/** Runs a graph by hand: a node works until the test ends it. */
function startSchedule(nodes: readonly SchedulerNode[], signal: AbortSignal = new AbortController().signal) {
  const working = new Map<string, (ok: boolean) => void>();
  const started: string[] = [];
  const skipped: [string, string | null][] = [];
  let over = false;
  const finished = schedule(nodes, {
    signal,
    perform: ({ id }) => {
      started.push(id);
      return new Promise((resolve) => working.set(id, resolve));
    },
    skip: ({ id }, because) => void skipped.push([id, because]),
  }).then(() => void (over = true));
  /** Lets everything that can happen by itself happen. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (id: string, ok = true): Promise<void> => {
    await settle();
    const done = working.get(id);
    if (!done) throw new Error(`${id} is not at work`);
    working.delete(id);
    done(ok);
    await settle();
  };
  return { started, skipped, working, finished, settle, end, isOver: () => over };
}

describe("starting", () => {
  test("all at once what needs nothing", async () => {
    const run = startSchedule([node("a"), node("b"), node("c", "gone")]);
    await run.settle();
    expect(run.started).toEqual(["a", "b", "c"]);
  });

  test("each the moment its own needs are done: a slow sibling holds nobody back", async () => {
    const run = startSchedule([node("slow"), node("quick"), node("next", "quick"), node("last", "next", "slow")]);
    await run.end("quick");
    expect(run.started).toEqual(["slow", "quick", "next"]);
    await run.end("next");
    expect(run.started).not.toContain("last");
    await run.end("slow");
    expect(run.started).toContain("last");
    expect(run.isOver()).toBe(false);
    await run.end("last");
    await run.finished;
    expect(run.skipped).toEqual([]);
  });

  test("once, however many need it", async () => {
    const run = startSchedule([node("d", "b", "c"), node("b", "a"), node("c", "a"), node("a")]);
    for (const id of ["a", "b", "c", "d"]) await run.end(id);
    await run.finished;
    expect(run.started.toSorted()).toEqual(["a", "b", "c", "d"]);
  });
});

describe("a failure", () => {
  test("skips what needs it, however far, because of the one that failed; the rest goes on", async () => {
    const run = startSchedule([
      node("db"),
      node("app", "db"),
      node("page", "app"),
      node("other"),
      node("beside", "other"),
    ]);
    await run.end("db", false);
    await run.end("other");
    await run.end("beside");
    await run.finished;
    expect(run.started).toEqual(["db", "other", "beside"]);
    expect(run.skipped).toEqual([
      ["app", "db"],
      ["page", "db"],
    ]);
  });

  test("skips only once all needs are over: nothing is reported before it is known", async () => {
    const run = startSchedule([node("bad"), node("slow"), node("app", "bad", "slow")]);
    await run.end("bad", false);
    expect(run.skipped).toEqual([]);
    await run.end("slow");
    await run.finished;
    expect(run.skipped).toEqual([["app", "bad"]]);
  });
});

describe("stopping", () => {
  test("starts nothing new and waits for what is at work", async () => {
    const controller = new AbortController();
    const run = startSchedule([node("a"), node("b", "a"), node("c", "b")], controller.signal);
    await run.settle();
    controller.abort();
    await run.settle();
    expect(run.isOver()).toBe(false);
    await run.end("a");
    await run.finished;
    expect(run.started).toEqual(["a"]);
    expect(run.skipped).toEqual([
      ["b", null],
      ["c", null],
    ]);
  });

  test("before the start starts nothing", async () => {
    const run = startSchedule([node("a"), node("b", "a")], AbortSignal.abort());
    await run.finished;
    expect(run.started).toEqual([]);
    expect(run.skipped.map(([id]) => id)).toEqual(["a", "b"]);
  });

  test("names a failure rather than the stop, where there is one", async () => {
    const controller = new AbortController();
    const run = startSchedule(
      [node("a"), node("bad"), node("late", "a"), node("app", "late", "bad")],
      controller.signal,
    );
    await run.end("bad", false);
    controller.abort();
    await run.end("a");
    await run.finished;
    expect(run.skipped).toEqual([
      ["late", null],
      ["app", "bad"],
    ]);
  });
});

describe("for any graph, in any order of ending", () => {
  /** What a random run did; the order in which nodes end, and which fail, comes from the numbers. */
  async function randomRun(nodes: readonly SchedulerNode[], choices: readonly number[], stopAfter: number) {
    const controller = new AbortController();
    const run = startSchedule(nodes, controller.signal);
    const failed: string[] = [];
    const done: string[] = [];
    const early: string[] = [];
    let seen = 0;
    for (let turn = 0; ; turn += 1) {
      await run.settle();
      for (const id of run.started.slice(seen)) {
        const needs = nodes.find((each) => each.id === id)?.needs ?? [];
        if (!needs.every((need) => need === "nothing" || done.includes(need))) early.push(id);
      }
      seen = run.started.length;
      if (turn === stopAfter) controller.abort();
      const choice = choices[turn % choices.length] ?? 0;
      const id = [...run.working.keys()][choice % Math.max(1, run.working.size)];
      if (id === undefined) break;
      const ok = choice % 3 !== 0;
      (ok ? done : failed).push(id);
      await run.end(id, ok);
    }
    await run.finished;
    return { ...run, failed, done, early };
  }
  const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });

  test("nothing starts before its needs are done, and everything ends or is skipped", async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(), choices, fc.nat(15), async (nodes, numbers, stopAfter) => {
        const { early, started, done, failed, skipped } = await randomRun(nodes, numbers, stopAfter);
        expect(early).toEqual([]);
        expect([...done, ...failed].toSorted()).toEqual(started.toSorted());
        expect([...started, ...skipped.map(([id]) => id)].toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
      }),
    );
  });

  test("skipped is exactly what has a failure above it, and the reason is one of those", async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(), choices, async (nodes, numbers) => {
        const { failed, skipped } = await randomRun(nodes, numbers, Infinity);
        const failuresAbove = (id: string): readonly string[] =>
          failed.filter((each) => ancestorsOf(nodes, id).has(each));
        const expected = nodes.filter(({ id }) => failuresAbove(id).length > 0).map(({ id }) => id);
        expect(skipped.map(([id]) => id).toSorted()).toEqual(expected.toSorted());
        for (const [id, because] of skipped) expect(failuresAbove(id)).toContain(because);
      }),
    );
  });
});
