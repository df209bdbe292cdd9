import { describe, expect, test } from "vitest";
import { FlotillaError } from "../../src/model/errors.ts";
import { abortError, pause, throwIfAborted, withDeadline } from "../../src/runtime/abort.ts";

const late = (): FlotillaError => new FlotillaError("timeout", "Too late.");
const reasonOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason), { once: true }));

describe("an aborted signal", () => {
  test("stands for an interruption, or for the error that it carries", () => {
    const error = late();
    expect(abortError(AbortSignal.abort())).toMatchObject({ code: "interrupted" });
    expect(abortError(AbortSignal.abort("because"))).toMatchObject({ code: "interrupted", cause: "because" });
    expect(abortError(AbortSignal.abort(error))).toBe(error);
    expect(() => throwIfAborted(AbortSignal.abort(error))).toThrow(error);
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
  });

  test("whose time is over was interrupted by nobody", async () => {
    await expect(pause(60_000, AbortSignal.timeout(1))).rejects.toMatchObject({
      code: "timeout",
      message: "It was not done in time.",
    });
  });
});

describe("a deadline", () => {
  test("aborts with its own error when it passes", async () => {
    const { signal } = withDeadline(new AbortController().signal, 10, late);
    expect(await reasonOf(signal)).toMatchObject({ code: "timeout" });
  });

  test("passes on an abort from outside, earlier or later", async () => {
    const reason = new FlotillaError("interrupted", "Stop.");
    expect(withDeadline(AbortSignal.abort(reason), 60_000, late).signal.reason).toBe(reason);
    const controller = new AbortController();
    const { signal, clear } = withDeadline(controller.signal, 60_000, late);
    expect(signal.aborted).toBe(false);
    controller.abort(reason);
    expect(signal.reason).toBe(reason);
    clear();
  });

  test("is over when cleared: neither time nor the signal above abort it", async () => {
    const controller = new AbortController();
    const { signal, clear } = withDeadline(controller.signal, 10, late);
    clear();
    controller.abort();
    await pause(50, new AbortController().signal);
    expect(signal.aborted).toBe(false);
  });

  test("of a month is not at once", async () => {
    const { signal, clear } = withDeadline(new AbortController().signal, 31 * 24 * 3_600_000, late);
    await pause(50, new AbortController().signal);
    expect(signal.aborted).toBe(false);
    clear();
  });
});

describe("a pause", () => {
  test("takes its time", async () => {
    const startedAt = performance.now();
    await pause(50, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(48);
  });

  test("ends at an abort, with its reason", async () => {
    const controller = new AbortController();
    const error = late();
    const waiting = pause(60_000, controller.signal);
    controller.abort(error);
    await expect(waiting).rejects.toBe(error);
    await expect(pause(60_000, AbortSignal.abort(error))).rejects.toBe(error);
  });
});

describe("a deadline whose clock is stopped", () => {
  test("does not pass, and has as much left afterwards as before", async () => {
    const deadline = withDeadline(new AbortController().signal, 80, late);
    const goOn = deadline.pause();
    const left = deadline.remainingMs();
    await pause(150, new AbortController().signal);
    expect([deadline.signal.aborted, deadline.remainingMs()]).toEqual([false, left]);
    goOn();
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
    expect(deadline.remainingMs()).toBe(0);
  });

  test("goes on once all who stopped it have let go, each of them once", async () => {
    const deadline = withDeadline(new AbortController().signal, 30, late);
    const [first, second] = [deadline.pause(), deadline.pause()];
    first();
    first();
    await pause(80, new AbortController().signal);
    expect(deadline.signal.aborted).toBe(false);
    second();
    await new Promise((resolve) => deadline.signal.addEventListener("abort", resolve));
  });

  test("stays over when it was cleared meanwhile", async () => {
    const deadline = withDeadline(new AbortController().signal, 10, late);
    const goOn = deadline.pause();
    deadline.clear();
    goOn();
    await pause(50, new AbortController().signal);
    expect(deadline.signal.aborted).toBe(false);
  });
});
