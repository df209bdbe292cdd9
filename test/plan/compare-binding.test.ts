import { describe, expect, test } from "vitest";
import type { BoundRelease, PlanBinding } from "../../src/model/saved-plan.ts";
import { compareBindings } from "../../src/plan/compare-binding.ts";
import { savedPlan } from "./saved-plans.ts";

const SAVED = savedPlan().binding;
const [WEB] = SAVED.releases as [BoundRelease];

const binding = (change: Partial<PlanBinding>): PlanBinding => ({ ...SAVED, ...change });
const web = (change: Partial<BoundRelease>): PlanBinding => binding({ releases: [{ ...WEB, ...change }] });

test("nothing has moved on where all is the same", () => {
  expect(compareBindings(SAVED, binding({}))).toEqual([]);
});

describe("what has moved on is named with both values", () => {
  test.for<[string, PlanBinding, object]>([
    [
      "another cluster",
      binding({ cluster: { uid: "bbbb", server: "https://two.example" } }),
      { code: "cluster", saved: "aaaa (https://one.example)", now: "bbbb (https://two.example)" },
    ],
    ["a run since", binding({ run: "20261124-080000-0001" }), { code: "run", saved: "20261123-200517-3fa9" }],
    ["a journal that is gone", binding({ run: null }), { code: "run", now: "none" }],
    [
      "a newer Kubernetes",
      binding({ kubernetesVersion: "v1.37.0" }),
      { code: "kubernetes", saved: "v1.36", now: "v1.37" },
    ],
    [
      "helm upgrade by hand",
      web({ revision: 4 }),
      { code: "revision", subject: "release web in apps", saved: "revision 3", now: "revision 4" },
    ],
    ["helm uninstall by hand", web({ revision: null }), { code: "revision", now: "not installed" }],
    [
      "another chart in the lock",
      web({ chart: { name: "web", version: "1.2.4", digest: "sha256:other" }, inputs: "ffff" }),
      { code: "chart", saved: "web 1.2.3 sha256:web", now: "web 1.2.4 sha256:other" },
    ],
    [
      "the same version with other bytes",
      web({ chart: { name: "web", version: "1.2.3", digest: "sha256:other" } }),
      { code: "chart", now: "web 1.2.3 sha256:other" },
    ],
    ["other values", web({ inputs: "ffff456789abcdef" }), { code: "inputs", saved: "inputs 0123456789ab" }],
    ["a key that is gone", web({ inputs: null }), { code: "inputs", now: "unknown inputs" }],
    ["a release that left the stack", web({ chart: null, inputs: null }), { code: "chart", now: "none" }],
  ])("%s", ([, now, difference]) => {
    expect(compareBindings(SAVED, now)).toEqual([expect.objectContaining(difference)]);
  });
});

test("all that has moved on is told at once", () => {
  const now = { ...web({ revision: 4, inputs: "ffff" }), run: "later" };
  expect(compareBindings(SAVED, now).map(({ code }) => code)).toEqual(["run", "revision", "inputs"]);
});

test("of another cluster nothing else is told", () => {
  const now = { ...web({ revision: null }), cluster: { uid: "bbbb", server: "https://one.example" }, run: null };
  expect(compareBindings(SAVED, now).map(({ code }) => code)).toEqual(["cluster"]);
});

describe("a cluster is known by its uid, and only without one by its address", () => {
  test.for<[string, PlanBinding["cluster"], PlanBinding["cluster"], boolean]>([
    ["same uid, another address", { uid: "a", server: "https://1" }, { uid: "a", server: "https://2" }, true],
    ["another uid, same address", { uid: "a", server: "https://1" }, { uid: "b", server: "https://1" }, false],
    ["unknown then, same address", { uid: null, server: "https://1" }, { uid: "b", server: "https://1" }, true],
    ["unknown now, another address", { uid: "a", server: "https://1" }, { uid: null, server: "https://2" }, false],
  ])("%s", ([, saved, now, isSame]) => {
    const differences = compareBindings(binding({ cluster: saved }), binding({ cluster: now }));
    expect(differences.length === 0).toBe(isSame);
  });
});

test.for(["v1.36.9", "v1.36.3-eks-1a2b3c", "v1.36.0-gke.100"])("a patch of Kubernetes moves nothing: %s", (version) => {
  expect(compareBindings(SAVED, binding({ kubernetesVersion: version }))).toEqual([]);
});
