import { expect, test } from "vitest";
import { type GateLook, OPEN, pollGate } from "../../src/execute/poll-gate.ts";
import { NotReadyError } from "../../src/execute/wait-until-ready.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { RunEvent } from "../../src/model/events.ts";
import type { GateStep } from "../../src/model/plan.ts";

const STEP: GateStep = {
  id: "gate/injection/gateway",
  kind: "gate",
  gate: "injection",
  action: "install",
  reason: "pods of gateway get their proxy",
  needs: [],
  release: "istiod",
  namespace: "istio-system",
  webhook: "istio-sidecar-injector",
  api: "networking.istio.io",
  istioRevision: "default",
  passes: "gateway",
};
const CUT = new FlotillaError("cluster-unreachable", "The cluster cannot be reached: the connection was cut.");

/** Tries in this order, the last again and again; what the run said it waits for. */
async function poll(
  tries: readonly (GateLook | FlotillaError)[],
  signal = new AbortController().signal,
): Promise<{ readonly awaited: readonly string[]; readonly error: unknown }> {
  const events: RunEvent[] = [];
  let count = 0;
  const look = async (): Promise<GateLook> => {
    const next = tries[Math.min(count, tries.length - 1)] ?? OPEN;
    count += 1;
    if (next instanceof FlotillaError) throw next;
    return next;
  };
  const context = { signal, emit: (event: RunEvent) => void events.push(event) };
  const error: unknown = await pollGate({ context }, STEP, look, signal).catch((thrown: unknown) => thrown);
  const awaited = events.flatMap((event) => (event.type === "step-progress" ? event.awaiting : []));
  return { awaited, error };
}

test("a try whose connection was cut is made again", async () => {
  const { awaited, error } = await poll([CUT, CUT, OPEN]);
  expect(error).toBeUndefined();
  expect(awaited).toEqual(["the cluster to answer"]);
});

test("a cluster that never answers is named when the time is over", async () => {
  const { error } = await poll([CUT], AbortSignal.timeout(600));
  expect(error).toBeInstanceOf(NotReadyError);
  expect((error as NotReadyError).progress.awaiting).toEqual(["the cluster to answer"]);
});

test("what a try is not allowed to do ends it at once", async () => {
  const { error } = await poll([new FlotillaError("forbidden", "Not allowed.")]);
  expect(error).toMatchObject({ code: "forbidden" });
});
