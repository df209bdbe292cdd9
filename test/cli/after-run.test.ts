import { describe, expect, test } from "vitest";
import { afterRun } from "../../src/cli/commands/after-run.ts";
import type { CommandContext } from "../../src/cli/run-command.ts";
import { type ErrorCode, FlotillaError } from "../../src/model/errors.ts";
import type { RunEvent } from "../../src/model/events.ts";
import { releaseResult, runResult } from "../report/samples.ts";

const NOTHING = { proxies: false, restartGateways: false, waitForLock: 0, verify: null };
const TARGET = { stack: {}, cluster: {} } as Parameters<typeof afterRun>[1];
const ran = runResult({ outcome: "succeeded" });

async function after(fault: unknown): Promise<{ readonly exit: number; readonly told: readonly RunEvent[] }> {
  const told: RunEvent[] = [];
  const context = { emit: (event) => told.push(event) } as Pick<CommandContext, "emit"> as CommandContext;
  const verify = (): Promise<never> => Promise.reject(fault);
  const { result, exit } = await afterRun(context, TARGET, ran, { ...NOTHING, verify });
  expect(result).toBe(ran);
  return { exit, told };
}

describe("what goes wrong after a run that succeeded", () => {
  test.each<[ErrorCode, number]>([
    ["cluster-unreachable", 1],
    ["run-locked", 1],
    ["interrupted", 130],
  ])("%s is told, ends in %i, and leaves the result", async (code, expected) => {
    const { exit, told } = await after(new FlotillaError(code, "It is gone.", { hint: "Look." }));
    expect(exit).toBe(expected);
    expect(told).toEqual([
      {
        type: "notice",
        level: "warning",
        message: "The run has succeeded, what was to come after it has not: It is gone.",
        hint: "Look.",
      },
    ]);
  });

  test("a defect is no result", async () => {
    await expect(after(new TypeError("oops"))).rejects.toThrow("oops");
  });
});

test("smoke tests find their way into the result", async () => {
  const verification = { outcome: "passed" };
  const verify = (): Promise<never> => Promise.resolve(verification as never);
  const { result, exit } = await afterRun({} as CommandContext, TARGET, ran, { ...NOTHING, verify });
  expect(result.verification).toBe(verification);
  expect(exit).toBe(0);
});

test("that outdated proxies cannot be looked for is told, fails nothing and keeps nobody from the smoke tests", async () => {
  const told: RunEvent[] = [];
  const { signal } = new AbortController();
  const context = { signal, emit: (event: RunEvent) => told.push(event) } as unknown as CommandContext;
  const list = (): Promise<never> => Promise.reject(new FlotillaError("api-failed", "etcd is busy."));
  const target = {
    stack: { releases: [{ name: "istiod", role: "istiod" }], namespaces: [] },
    cluster: { client: { list } },
  } as unknown as typeof TARGET;
  const upgraded = runResult({ outcome: "succeeded", releases: [releaseResult("istiod")] });
  const verification = { outcome: "passed" };
  const verify = (): Promise<never> => Promise.resolve(verification as never);
  const { result, exit } = await afterRun(context, target, upgraded, { ...NOTHING, proxies: true, verify });
  expect([exit, result.verification]).toEqual([0, verification]);
  expect(told).toMatchObject([
    {
      type: "notice",
      level: "warning",
      message: "Whether proxies are of another version than their istiod is not known: etcd is busy.",
    },
  ]);
});
