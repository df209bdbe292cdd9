import { afterEach, describe, expect, test, vi } from "vitest";
import { onInterrupt } from "../../src/cli/interrupt.ts";

afterEach(() => void vi.restoreAllMocks());

/** Sends signals at these milliseconds: whether the first one aborted, and with what the process was then ended. */
function send(...times: readonly number[]) {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const interrupt = onInterrupt();
  for (const time of times) {
    now = time;
    process.emit("SIGINT");
  }
  interrupt.dispose();
  return { aborted: interrupt.signal.aborted, exits: exit.mock.calls.flat() };
}

describe("Ctrl-C", () => {
  test.for([
    ["once aborts", [5000], []],
    ["that npm sends on as well is the same one", [5000, 5010, 5900], []],
    ["again after a second ends the process at once", [5000, 6001], [130]],
  ] as const)("%s", ([, times, exits]) => {
    expect(send(...times)).toEqual({ aborted: true, exits });
  });
});
