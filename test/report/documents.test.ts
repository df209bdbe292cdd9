import { describe, expect, it } from "vitest";
import { planDocument, runDocument, statusDocument } from "../../src/report/documents.ts";
import { IMAGE_PULL, PLAN, releaseResult, releaseStep, runResult, STATUS } from "./samples.ts";

describe("documents", () => {
  it("holds a plan with exactly the contract's fields and its notes", () => {
    const document = planDocument({ ...PLAN, notes: ["Release old has left the stack."] });
    expect(Object.keys(document)).toEqual([
      "version",
      "stack",
      "environment",
      "context",
      "kubernetesVersion",
      "helmVersion",
      "steps",
      "summary",
      "notes",
    ]);
    expect(document["notes"]).toEqual(["Release old has left the stack."]);
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

  it("holds what changes and what has drifted, object by object", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
    const change = {
      ...object,
      change: "remove",
      destructive: true,
      replaced: false,
      loses: "its data",
      diff: "-a: 1\n",
    } as const;
    const drift = { ...object, drift: "changed", diff: "-a: 2\n+a: 1\n" } as const;
    const step = releaseStep("web", [], { changes: [change], drift: [drift] });
    const [document] = planDocument({ ...PLAN, steps: [step] })["steps"] as unknown[];
    expect(document).toMatchObject({ changes: [change], drift: [drift] });
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
    expect(runDocument({ ...result, ...extra })).toEqual({ ...result, verification: null });
    expect(statusDocument({ ...STATUS, ...extra })).toEqual(STATUS);
  });
});
