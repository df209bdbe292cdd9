import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/model/plan.ts";
import { buildPlan, type ClassifiedRelease } from "../../src/plan/build.ts";
import { isSelected, type Selection, selectSteps } from "../../src/plan/select.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { classified } from "./samples.ts";

const UNCHANGED = { action: "unchanged", reason: "as left", revision: 1 } as const;

function plan(istiod: Partial<ClassifiedRelease> = {}): Plan {
  const releases = [
    { ...classified("istiod", { namespace: "mesh" }), ...istiod },
    classified("ingress", { namespace: "edge", needs: ["istiod"], injected: true }),
    classified("app", { namespace: "apps", needs: ["ingress"] }),
    classified("lone", { namespace: "apps" }),
  ];
  return buildPlan({
    stack: {
      ...sampleStack(
        "/f.yaml",
        releases.map(({ pinned }) => pinned.release),
      ),
      namespaces: ["apps", "edge", "mesh", "unused"].map((name) => ({
        name,
        labels: {},
        annotations: {},
        pullSecretsFrom: [],
      })),
    },
    context: "minikube",
    kubernetesVersion: "v1.36.3",
    helmVersion: null,
    releases,
    namespaces: [],
    addonWebhooks: [],
    present: [],
    webhooks: {
      release: "istiod",
      namespace: "mesh",
      injection: { name: "injector", revision: "default" },
      validation: null,
    },
    removed: [],
    prune: false,
  });
}
const select = (only: readonly string[], change: Partial<Selection> = {}, from = plan()) =>
  selectSteps(from, { only, withNeeds: false, ...change });
const ids = ({ steps }: Plan): readonly string[] => steps.map(({ id }) => id).toSorted();

describe("--only", () => {
  test("of nothing is all", () => {
    const whole = plan();
    expect(select([], {}, whole)).toBe(whole);
  });

  test("keeps a release and its namespace, and counts anew", () => {
    const selected = select(["lone"]);
    expect(ids(selected)).toEqual(["namespace/apps", "release/lone"]);
    expect(selected.summary.install).toBe(1);
  });

  test("keeps the plan's order, and its gate", () => {
    const whole = plan();
    const selected = select(["ingress", "istiod"], {}, whole);
    expect(selected.steps).toEqual(whole.steps.filter(({ id }) => !/apps|app$|lone|unused/.test(id)));
    expect(ids(selected)).toContain("gate/injection/ingress");
  });

  test("refuses to leave out what is needed and not there, and says what to do", () => {
    expect(() => select(["app"])).toThrow(
      expect.objectContaining({
        code: "need-unmet",
        message: "app needs ingress, which is to install and is left out.",
        hint: "Add --with-needs, or --only ingress as well.",
      }),
    );
  });

  test("refuses what a gate needs, too", () => {
    expect(() => select(["ingress"])).toThrow(expect.objectContaining({ code: "need-unmet" }));
  });

  test("waits for a need that is there as it should be", () => {
    const selected = select(["ingress"], {}, plan(UNCHANGED));
    expect(ids(selected)).toEqual([
      "gate/injection/ingress",
      "namespace/edge",
      "namespace/mesh",
      "release/ingress",
      "release/istiod",
    ]);
    expect(selected.summary).toMatchObject({ install: 1, unchanged: 1 });
  });

  test("with --with-needs takes along whatever is needed, all the way", () => {
    expect(ids(select(["app"], { withNeeds: true }))).toEqual([
      "gate/injection/ingress",
      "namespace/apps",
      "namespace/edge",
      "namespace/mesh",
      "release/app",
      "release/ingress",
      "release/istiod",
    ]);
  });

  test("keeps nothing of a release that others play the part of: it has no step", () => {
    expect(select(["their-add-on"]).steps).toEqual([]);
    expect(ids(select(["their-add-on", "lone"]))).toEqual(["namespace/apps", "release/lone"]);
  });
});

describe("a selection, by names alone, takes along", () => {
  const releases = [
    { name: "istiod", needs: [] },
    { name: "ingress", needs: ["istiod"] },
    { name: "app", needs: ["ingress"] },
    { name: "lone", needs: [] },
  ];
  test.for<[string, readonly string[], boolean, readonly string[]]>([
    ["everything where nothing is selected", [], false, ["istiod", "ingress", "app", "lone"]],
    ["what is selected", ["app"], false, ["app"]],
    ["what that needs, all the way", ["app"], true, ["istiod", "ingress", "app"]],
  ])("%s", ([, only, withNeeds, names]) => {
    const selected = isSelected(releases, { only, withNeeds });
    expect(releases.map(({ name }) => name).filter(selected)).toEqual(names);
  });
});
