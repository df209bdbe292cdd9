import { describe, expect, test } from "vitest";
import type { ObjectRef } from "../../src/model/kube-object.ts";
import { buildDownPlan, type DownEvidence, type InstalledRelease } from "../../src/plan/build-down.ts";

const installed = (name: string, needs: readonly string[] = []): InstalledRelease => ({
  name,
  namespace: `${name}-ns`,
  revision: 2,
  needs,
});
const CRD: ObjectRef = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  namespace: null,
  name: "x",
};

function down(change: Partial<DownEvidence> = {}) {
  return buildDownPlan({
    stack: "demo",
    environment: "test",
    context: "minikube",
    kubernetesVersion: "v1.36.3",
    helmVersion: null,
    releases: [
      installed("base"),
      installed("istiod", ["base"]),
      installed("edge", ["istiod"]),
      installed("side", ["istiod"]),
    ],
    leftovers: [],
    namespaces: [],
    ...change,
  });
}
const edges = (plan: ReturnType<typeof down>) => Object.fromEntries(plan.steps.map(({ id, needs }) => [id, needs]));

describe("taking a stack down", () => {
  test("goes the way back: what needs a release goes before it", () => {
    const plan = down();
    expect(edges(plan)).toEqual({
      "release/edge": [],
      "release/side": [],
      "release/istiod": ["release/edge", "release/side"],
      "release/base": ["release/istiod"],
    });
    expect(plan.steps.map(({ id }) => id)).toEqual(["release/edge", "release/side", "release/istiod", "release/base"]);
    expect(plan.summary).toEqual({ install: 0, upgrade: 0, unchanged: 0, uninstall: 4, drifted: 0 });
  });

  test("uninstalls each release where it is, and asks for no chart", () => {
    expect(down({ releases: [installed("base")] }).steps).toEqual([
      expect.objectContaining({
        kind: "release",
        id: "release/base",
        action: "uninstall",
        release: "base",
        namespace: "base-ns",
        chart: null,
        revision: 2,
      }),
    ]);
  });

  test("takes both of a release that moved and what it left in its old namespace", () => {
    const moved = { ...installed("edge", ["istiod"]), namespace: "old-ns" };
    expect(edges(down({ releases: [installed("istiod"), installed("edge", ["istiod"]), moved] }))).toEqual({
      "release/edge-ns/edge": [],
      "release/old-ns/edge": [],
      "release/istiod": ["release/edge-ns/edge", "release/old-ns/edge"],
    });
  });

  test("passes over needs that are not installed any more", () => {
    expect(edges(down({ releases: [installed("edge", ["istiod", "gone"])] }))).toEqual({ "release/edge": [] });
  });

  test("takes leftovers after all releases, and namespaces after everything", () => {
    const plan = down({ leftovers: [CRD], namespaces: ["one", "two"] });
    const releases = ["release/base", "release/istiod", "release/edge", "release/side"];
    expect(plan.steps.slice(4)).toEqual([
      expect.objectContaining({ kind: "prune", id: "prune/leftovers", needs: releases, objects: [CRD] }),
      expect.objectContaining({ kind: "namespace", action: "uninstall", namespace: "one" }),
      expect.objectContaining({ kind: "namespace", action: "uninstall", namespace: "two" }),
    ]);
    for (const name of ["one", "two"]) {
      expect(edges(plan)[`namespace/${name}`]).toEqual([...releases, "prune/leftovers"]);
    }
  });

  test("is empty when there is nothing", () => {
    expect(down({ releases: [] }).steps).toEqual([]);
  });
});
