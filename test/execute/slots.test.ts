import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSlots, pausedWhileQueueing } from "../../src/execute/slots.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import { pause, withDeadline } from "../../src/runtime/abort.ts";

const never = new AbortController().signal;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that goes on until it is told to end. */
function workload() {
  const working: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  let most = 0;
  const work = (name: string) => (): Promise<string> =>
    new Promise((resolve, reject) => {
      working.push(name);
      most = Math.max(most, working.length);
      ends.set(name, (error) => {
        working.splice(working.indexOf(name), 1);
        if (error) reject(error);
        else resolve(name);
      });
    });
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await settle();
  };
  return { work, working, end, most: () => most };
}

describe("places", () => {
  test("are taken up to their number, then in the order of asking", async () => {
    const slots = createSlots(2);
    const { work, working, end } = workload();
    const all = ["a", "b", "c", "d"].map((name) => slots.use(work(name), never));
    await settle();
    expect(working).toEqual(["a", "b"]);
    await end("b");
    expect(working).toEqual(["a", "c"]);
    for (const name of ["a", "c", "d"]) await end(name);
    expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
  });

  test("are free again after work that fails, whose error is the caller's", async () => {
    const slots = createSlots(1);
    const { work, working, end } = workload();
    const failing = slots.use(work("a"), never);
    const next = slots.use(work("b"), never);
    await settle();
    await Promise.all([expect(failing).rejects.toThrow("broken"), end("a", new Error("broken"))]);
    expect(working).toEqual(["b"]);
    await end("b");
    expect(await next).toBe("b");
  });
});

describe("an abort", () => {
  const reason = new FlotillaError("timeout", "Too late.");

  test("while waiting leaves the queue; the others move up", async () => {
    const slots = createSlots(1);
    const { work, working, end } = workload();
    const controller = new AbortController();
    const first = slots.use(work("a"), never);
    const leaving = slots.use(work("b"), controller.signal);
    const last = slots.use(work("c"), never);
    controller.abort(reason);
    await expect(leaving).rejects.toBe(reason);
    await end("a");
    expect(working).toEqual(["c"]);
    await end("c");
    expect(await Promise.all([first, last])).toEqual(["a", "c"]);
  });

  test("before asking takes no place", async () => {
    const slots = createSlots(1);
    await expect(slots.use(async () => "ran", AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await slots.use(async () => "fine", never)).toBe("fine");
  });

  test("after the place was given does not take it away, nor give it twice", async () => {
    const slots = createSlots(1);
    const { work, working, end } = workload();
    const controller = new AbortController();
    const first = slots.use(work("a"), never);
    const second = slots.use(work("b"), controller.signal);
    const third = slots.use(work("c"), never);
    await settle();
    await end("a");
    controller.abort(reason);
    await settle();
    expect(working).toEqual(["b"]);
    await end("b");
    expect(working).toEqual(["c"]);
    await end("c");
    expect(await Promise.all([first, second, third])).toEqual(["a", "b", "c"]);
  });
});

test("for any number of places and callers, early and late: never more at once, everybody gets one", async () => {
  const callers = fc.array(fc.record({ asksAfter: fc.nat(6), works: fc.nat(3) }), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), callers, async (count, turns) => {
      const slots = createSlots(count);
      let now = 0;
      let most = 0;
      const pass = async (ticks: number): Promise<void> => {
        for (let tick = 0; tick <= ticks; tick += 1) await settle();
      };
      const results = await Promise.all(
        turns.map(async ({ asksAfter, works }, index) => {
          await pass(asksAfter);
          return slots.use(async () => {
            now += 1;
            most = Math.max(most, now);
            await pass(works);
            now -= 1;
            return index;
          }, never);
        }),
      );
      expect(results).toEqual(turns.map((_, index) => index));
      expect(most).toBeLessThanOrEqual(count);
    }),
    { numRuns: 100 },
  );
});

describe("a deadline", () => {
  const late = (): FlotillaError => new FlotillaError("timeout", "Too late.");

  test("does not run while its owner queues, and runs while it works", async () => {
    const slots = createSlots(1);
    const { work, working, end } = workload();
    const first = slots.use(work("first"), never);
    const deadline = withDeadline(never, 60, late);
    const second = pausedWhileQueueing(slots, deadline).use(work("second"), deadline.signal);
    await pause(150, never);
    expect(deadline.signal.aborted).toBe(false);
    await end("first");
    expect(working).toEqual(["second"]);
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
    await end("second");
    await Promise.all([first, second]);
  });

  test("goes on for those who gave up queueing", async () => {
    const slots = createSlots(1);
    const { work, end } = workload();
    const first = slots.use(work("first"), never);
    const stop = new AbortController();
    const deadline = withDeadline(never, 30, late);
    const queued = pausedWhileQueueing(slots, deadline).use(work("second"), stop.signal);
    stop.abort();
    await expect(queued).rejects.toMatchObject({ code: "interrupted" });
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
    await end("first");
    await first;
  });
});
