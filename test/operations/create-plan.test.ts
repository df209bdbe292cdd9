import { expect, test } from "vitest";
import type { HelmProvider } from "../../src/operations/choose-helm.ts";
import type { Cluster } from "../../src/operations/connect-cluster.ts";
import { createPlan } from "../../src/operations/create-plan.ts";
import { pinned } from "../plan/samples.ts";
import { sampleStack } from "../support/sample-stack.ts";

test("a stack whose releases wait for themselves is refused, and nothing is asked of its cluster", async () => {
  const pins = [pinned("a", { needs: ["b"] }), pinned("b", { needs: ["a"] })];
  const stack = sampleStack(
    "/stack/flotilla.yaml",
    pins.map(({ release }) => release),
  );
  const context = { signal: new AbortController().signal, emit: () => {} };
  await expect(createPlan(stack, pins, {} as Cluster, {} as HelmProvider, context)).rejects.toMatchObject({
    code: "config-invalid",
    message: "These wait for themselves: a → b → a.",
  });
});
