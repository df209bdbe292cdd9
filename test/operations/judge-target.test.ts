import { describe, expect, test } from "vitest";
import { judgeTarget, type TargetClaim } from "../../src/operations/judge-target.ts";

/** A change by somebody at a terminal who names no cluster, nor does the environment, but for what a test says. */
function judge(change: Partial<Omit<TargetClaim, "environment">> & { readonly environment?: string | null } = {}) {
  const { environment = null, ...rest } = change;
  return judgeTarget({
    environment: { name: "dev", profile: null, context: environment },
    context: null,
    interactive: true,
    changes: true,
    podIdentity: false,
    ...rest,
  });
}

describe("which cluster is meant", () => {
  test.for<readonly [string, Parameters<typeof judge>[0], string | null]>([
    ["the one named by hand", { context: "kind" }, "kind"],
    ["the environment's", { environment: "minikube" }, "minikube"],
    ["both say the same", { context: "minikube", environment: "minikube" }, "minikube"],
    ["the current one, where somebody can be asked", {}, null],
    ["the current one, where nothing changes", { interactive: false, changes: false }, null],
    ["named by hand, without a terminal", { context: "kind", interactive: false }, "kind"],
    ["the pod's own, without a terminal", { interactive: false, podIdentity: true }, null],
    ["named by the environment, without a terminal", { environment: "prod", interactive: false }, "prod"],
  ])("%s", ([, claim, context]) => {
    expect(judge(claim)).toBe(context);
  });
});

describe("refused", () => {
  test("a change without a terminal that names no cluster", () => {
    expect(() => judge({ interactive: false })).toThrow(
      expect.objectContaining({ code: "target-refused", hint: expect.stringContaining("--context") }),
    );
  });

  test.for([
    { interactive: true, changes: true },
    { interactive: false, changes: true },
    { interactive: true, changes: false },
  ])("a context that contradicts the environment's: %j", (claim) => {
    expect(() => judge({ ...claim, context: "kind", environment: "prod-eks" })).toThrow(
      expect.objectContaining({
        code: "target-refused",
        message: 'The context "kind" is not the one of environment "dev", which is "prod-eks".',
        hint: expect.stringContaining("--environment"),
      }),
    );
  });
});
