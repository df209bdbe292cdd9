import { describe, expect, it } from "vitest";
import { planDocument, runDocument, statusDocument } from "../../src/report/documents.ts";
import { IMAGE_PULL, PLAN, releaseResult, runResult, STATUS } from "./samples.ts";

describe("documents", () => {
  it("holds a plan with exactly the contract's fields", () => {
    const document = planDocument(PLAN);
    expect(Object.keys(document)).toEqual([
      "version",
      "stack",
      "environment",
      "context",
      "kubernetesVersion",
      "helmVersion",
      "steps",
      "summary",
    ]);
    expect(document["summary"]).toEqual({ install: 3, upgrade: 0, unchanged: 0, uninstall: 0, drifted: 0 });
    const common = { action: "install", changes: [], drift: [] };
    const namespace = "istio-system";
    expect(document["steps"]).toEqual([
      {
        ...common,
        id: "namespace/istio-system",
        kind: "namespace",
        release: null,
        namespace,
        needs: [],
        reason: "missing",
        chart: null,
      },
      {
        ...common,
        id: "release/base",
        kind: "release",
        release: "base",
        namespace,
        needs: ["namespace/istio-system"],
        reason: "not installed",
        chart: { name: "base", version: "1.31.0", digest: "sha256:aa" },
      },
      expect.objectContaining({ id: "release/istiod" }),
      {
        ...common,
        id: "gate/istiod",
        kind: "gate",
        release: "istiod",
        namespace,
        needs: ["release/istiod"],
        reason: "gateways are injected",
        chart: null,
      },
      expect.objectContaining({ id: "release/ingress" }),
    ]);
  });

  it("holds nothing for fields that do not apply to what is pruned", () => {
    const prune = {
      kind: "prune",
      id: "prune/crds",
      action: "uninstall",
      needs: [],
      reason: "--crds",
      objects: [],
    } as const;
    expect(planDocument({ ...PLAN, steps: [prune] })["steps"]).toEqual([
      {
        id: "prune/crds",
        kind: "prune",
        release: null,
        namespace: null,
        action: "uninstall",
        needs: [],
        reason: "--crds",
        chart: null,
        changes: [],
        drift: [],
      },
    ]);
  });

  it("holds a run and a status as they are, and nothing that is not in the contract", () => {
    const result = runResult({
      releases: [releaseResult("a", { diagnosis: [IMAGE_PULL] })],
      addresses: STATUS.addresses,
    });
    const extra = { extra: 1 };
    expect(runDocument({ ...result, ...extra })).toEqual(result);
    expect(statusDocument({ ...STATUS, ...extra })).toEqual(STATUS);
  });
});
