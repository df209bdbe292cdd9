import { describe, expect, it } from "vitest";
import { planText } from "../../src/report/plan-text.ts";
import { resultText } from "../../src/report/result-text.ts";
import { EMPTY_RUN_VIEW } from "../../src/report/run-view.ts";
import { statusText } from "../../src/report/status-text.ts";
import {
  finished,
  IMAGE_PULL,
  NAMESPACE,
  PLAN,
  releaseResult,
  releaseStep,
  runResult,
  runStarted,
  STATUS,
  viewAfter,
} from "./samples.ts";

const plain = { color: false };

describe("plan", () => {
  it("shows the steps in order, why, and what each waits for", () => {
    const notes = ["No injection gate for egress: its namespace is not labelled."];
    expect(planText({ ...PLAN, notes }, plain)).toBe(`\
korthweb → dev (kind-dev, Kubernetes 1.36.3, Helm 4.3.1)

     STEP                      ACTION   CHART           NAMESPACE     WHY                    AFTER
  +  namespace istio-system    create                                 missing
  +  base                      install  base 1.31.0     istio-system  not installed          namespace istio-system
  +  istiod                    install  istiod 1.31.0   istio-system  not installed          base
  ?  injection gate (ingress)  wait                                   gateways are injected  istiod
  +  ingress                   install  ingress 1.31.0  istio-system  not installed          injection gate (ingress)

  No injection gate for egress: its namespace is not labelled.

Plan: 3 to install.
`);
  });

  it("says when nothing changes", () => {
    const steps = [releaseStep("base", [], { action: "unchanged", reason: "inputs are the same" })];
    const summary = { install: 0, upgrade: 0, unchanged: 1, uninstall: 0, drifted: 0 };
    expect(planText({ ...PLAN, helmVersion: null, steps, summary }, plain)).toBe(`\
korthweb → dev (kind-dev, Kubernetes 1.36.3)

     STEP  ACTION     CHART        NAMESPACE     WHY
  =  base  unchanged  base 1.31.0  istio-system  inputs are the same

No changes: 1 unchanged.
`);
  });

  it("has a sign and a word for each action", () => {
    const steps = [
      releaseStep("a", [], { action: "upgrade", reason: "" }),
      releaseStep("b", [], { action: "uninstall", reason: "", chart: null }),
      releaseStep("c", [], { action: "rollback", reason: "" }),
      { ...NAMESPACE, action: "uninstall", reason: "" } as const,
      {
        kind: "prune",
        id: "prune/crds",
        action: "uninstall",
        needs: [],
        reason: "",
        objects: [
          { apiVersion: "v1", kind: "CustomResourceDefinition", namespace: null, name: "x" },
          { apiVersion: "v1", kind: "CustomResourceDefinition", namespace: null, name: "y" },
        ],
      } as const,
    ];
    const summary = { install: 0, upgrade: 1, unchanged: 2, uninstall: 1, drifted: 1 };
    const lines = planText({ ...PLAN, steps, summary }, plain).split("\n");
    expect(lines.slice(3, 8).map((line) => line.slice(0, 42).trimEnd())).toEqual([
      "  ~  a                       upgrade    a",
      "  -  b                       uninstall",
      "  <  c                       rollback   c",
      "  -  namespace istio-system  delete",
      "  -  2 CRDs                  delete",
    ]);
    expect(lines.at(-2)).toBe("Plan: 1 to upgrade, 1 to uninstall, 2 unchanged, 1 drifted.");
  });

  it("counts objects, names what is lost, and shows each difference when asked", () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
    const change = { ...object, change: "change", destructive: false, replaced: false, loses: null } as const;
    const claim = {
      ...object,
      kind: "PersistentVolumeClaim",
      change: "remove",
      destructive: true,
      replaced: false,
    } as const;
    const steps = [
      releaseStep("a", [], {
        action: "upgrade",
        reason: "its values have changed",
        changes: [
          { ...change, diff: " data:\n-  a: 1\n+  a: 2\n" },
          { ...claim, loses: "the data in it", diff: "-kind: PersistentVolumeClaim\n" },
        ],
      }),
      releaseStep("b", ["release/a"], {
        action: "repair",
        reason: "ConfigMap web was changed",
        drift: [{ ...object, drift: "changed", diff: "-a: 3\n+a: 2\n" }],
      }),
    ];
    const summary = { install: 0, upgrade: 2, unchanged: 0, uninstall: 0, drifted: 1 };
    const plan = { ...PLAN, steps, summary };
    expect(planText(plan, { ...plain, verbose: true })).toBe(`\
korthweb → dev (kind-dev, Kubernetes 1.36.3, Helm 4.3.1)

     STEP  ACTION   CHART     NAMESPACE     CHANGES    WHY                        AFTER
  ~  a     upgrade  a 1.31.0  istio-system  ~1 -1      its values have changed
  ~  b     repair   b 1.31.0  istio-system  1 drifted  ConfigMap web was changed  a

Takes something away for good (--allow-destructive):
  !  a: PersistentVolumeClaim shop/web loses the data in it

a
  ~ ConfigMap shop/web
     data:
    -  a: 1
    +  a: 2

  - PersistentVolumeClaim shop/web  loses the data in it
    -kind: PersistentVolumeClaim

b
  ≠ ConfigMap shop/web was changed in the cluster
    -a: 3
    +a: 2

Plan: 1 to upgrade, 1 to repair, 1 drifted.
`);
    const brief = planText(plan, { ...plain, verbose: false });
    expect(brief).toContain("-v shows what changes, object by object.");
    expect(brief).not.toContain("a: 2");
  });

  it("is no wider than the terminal: what comes after is left out first, then lines are cut", () => {
    const steps = [releaseStep("a", ["release/b"], { reason: "a long story of why it is so" })];
    const width = (columns: number): number =>
      Math.max(
        ...planText({ ...PLAN, steps }, { ...plain, columns })
          .split("\n")
          .slice(2, 4)
          .map((line) => line.length),
      );
    expect(planText({ ...PLAN, steps }, { ...plain, columns: 200 })).toContain("AFTER");
    expect(planText({ ...PLAN, steps }, { ...plain, columns: 82 })).not.toContain("AFTER");
    expect(planText({ ...PLAN, steps }, { ...plain, columns: 82 })).toContain("a long story of why it is so");
    expect(width(60)).toBeLessThanOrEqual(60);
  });

  it("says so when a stack has no steps", () => {
    const summary = { install: 0, upgrade: 0, unchanged: 0, uninstall: 0, drifted: 0 };
    expect(
      planText({ ...PLAN, steps: [], summary }, plain)
        .split("\n")
        .slice(1),
    ).toEqual(["", "No changes.", ""]);
  });
});

describe("status", () => {
  it("shows releases, findings and addresses", () => {
    expect(statusText(STATUS, plain)).toBe(`\
korthweb → dev (kind-dev): 1 of 3 releases ready

     RELEASE  NAMESPACE     CHART          APP VERSION  REVISION  STATUS         READY
  ✔  base     istio-system  base 1.31.0    1.31.0       1         deployed       yes
  ✖  istiod   istio-system  istiod 1.31.0  1.31.0       12        deployed       no
  ·  dicom    dicom                                               not installed  no

Findings
  istiod
    image-pull  Pod istio-system/istiod-7f9
      The image cannot be pulled.
      │ Failed to pull image: not found
      → Check the hub.

Addresses
  RELEASE  SERVICE  ADDRESS   PORTS
  ingress  ingress  10.0.0.1  443 https, 11112
`);
  });

  it("shows drift once it was looked for, and nothing that is not there", () => {
    const releases = STATUS.releases.slice(0, 1).map((release) => ({ ...release, drifted: true }));
    expect(statusText({ ...STATUS, releases, addresses: [] }, plain)).toBe(`\
korthweb → dev (kind-dev): 1 release ready

     RELEASE  NAMESPACE     CHART        APP VERSION  REVISION  STATUS    READY  DRIFT
  ✔  base     istio-system  base 1.31.0  1.31.0       1         deployed  yes    drifted
`);
  });
});

describe("result", () => {
  const view = viewAfter([runStarted()]);

  it("shows what a run did, with versions, times and addresses", () => {
    const result = runResult({
      releases: [
        releaseResult("base", { action: "unchanged", outcome: "unchanged", revisionBefore: 1 }),
        releaseResult("istiod", { action: "upgrade", revisionBefore: 1, revisionAfter: 2 }),
        releaseResult("ingress", { startedMs: 1500, readyMs: 126_500 }),
      ],
      addresses: STATUS.addresses,
    });
    expect(resultText(result, { color: false, view, again: "flotilla up" })).toBe(`\
✔ korthweb is up: 2 releases ready, 1 unchanged in 12s

     RELEASE  ACTION     CHART           REVISION  RESULT     TIME
  =  base     unchanged  base 1.31.0     1         unchanged
  ✔  istiod   upgrade    istiod 1.31.0   1 → 2     ready      1.5s
  ✔  ingress  install    ingress 1.31.0  1         ready      2m05s

Addresses
  RELEASE  SERVICE  ADDRESS   PORTS
  ingress  ingress  10.0.0.1  443 https, 11112
`);
  });

  it("shows what failed and why, who was skipped because of whom, and what to do", () => {
    const failed = viewAfter([
      runStarted(),
      finished("release/base"),
      finished("release/istiod", {
        outcome: "failed",
        durationMs: 300_000,
        message: "Not ready within 5m.",
        diagnosis: [{ ...IMAGE_PULL, message: "shallow" }],
      }),
      finished("gate/istiod", { outcome: "skipped" }),
      finished("release/ingress", { outcome: "skipped" }),
    ]);
    const result = runResult({
      outcome: "failed",
      durationMs: 310_000,
      releases: [
        releaseResult("base"),
        releaseResult("istiod", { outcome: "failed", readyMs: null, diagnosis: [IMAGE_PULL] }),
        releaseResult("ingress", { outcome: "skipped", revisionAfter: null, startedMs: null, readyMs: null }),
      ],
    });
    expect(resultText(result, { color: false, view: failed, again: "flotilla up --sandbox" })).toBe(`\
✖ korthweb failed: 1 release failed, 1 skipped, 1 ready in 5m10s

     RELEASE  ACTION   CHART           REVISION  RESULT   TIME
  ✔  base     install  base 1.31.0     1         ready    1.5s
  ✖  istiod   install  istiod 1.31.0   1         failed   5m00s
  ↷  ingress  install  ingress 1.31.0            skipped

Failed
  ✖ istiod: installing failed after 5m00s
    Not ready within 5m.
    image-pull  Pod istio-system/istiod-7f9
      The image cannot be pulled.
      │ Failed to pull image: not found
      → Check the hub.

Skipped
  ↷ ingress  because istiod failed

Next
  Put right what is named above, then run again; what is ready is left alone:
    flotilla up --sandbox
`);
  });

  it("names a failed namespace, although it is no release", () => {
    const events = [runStarted(), finished("namespace/istio-system", { outcome: "failed", message: "forbidden" })];
    const releases = [releaseResult("ingress", { outcome: "skipped", revisionAfter: null, startedMs: null })];
    const text = resultText(runResult({ outcome: "failed", releases }), {
      color: false,
      view: viewAfter(events),
      again: null,
    });
    expect(text).toContain("  ✖ namespace istio-system: creating failed after 0.7s\n    forbidden\n");
    expect(text).toContain("  ↷ ingress  because namespace istio-system failed\n");
    expect(text).not.toContain("Next");
  });

  it("keeps a message as it is where no finding stands below", () => {
    const message = "Interrupted by SIGINT. Still awaited: 1/3 pods updated.";
    const view = viewAfter([runStarted(), finished("release/istiod", { outcome: "failed", message })]);
    const result = runResult({ outcome: "interrupted", releases: [releaseResult("istiod", { outcome: "failed" })] });
    expect(resultText(result, { color: false, view, again: null })).toContain(`    ${message}\n`);
  });

  it("does not make a release that failed look removed", () => {
    const rows = (["failed", "removed"] as const).map((outcome) => {
      const releases = [releaseResult("istiod", { outcome, revisionBefore: 3, revisionAfter: null })];
      const text = resultText(runResult({ outcome: "failed", releases }), {
        color: false,
        view: EMPTY_RUN_VIEW,
        again: null,
      });
      return /3 →.*(failed|removed)/.exec(text)?.[0].replaceAll(/ +/g, " ");
    });
    expect(rows).toEqual(["3 → ? failed", "3 → removed"]);
  });

  it("still says why a run failed, and whom that kept from beginning, when it was undone", () => {
    const message = `Given up after 1m: ${IMAGE_PULL.message}`;
    const undo = [releaseStep("istiod", [], { action: "uninstall", chart: null })];
    const view = viewAfter([
      runStarted(),
      finished("release/base", { outcome: "unchanged" }),
      finished("release/istiod", { outcome: "failed", durationMs: 61_000, message, diagnosis: [IMAGE_PULL] }),
      finished("gate/istiod", { outcome: "skipped" }),
      finished("release/ingress", { outcome: "skipped" }),
      runStarted(undo),
      finished("release/istiod"),
    ]);
    const result = runResult({
      outcome: "rolled-back",
      durationMs: 62_000,
      releases: [
        releaseResult("base", { action: "unchanged", outcome: "unchanged", revisionBefore: 1 }),
        releaseResult("istiod", {
          outcome: "rolled-back",
          revisionAfter: null,
          readyMs: null,
          diagnosis: [IMAGE_PULL],
        }),
        releaseResult("ingress", { outcome: "skipped", revisionAfter: null, startedMs: null, readyMs: null }),
      ],
    });
    expect(resultText(result, { color: false, view, again: "flotilla up" })).toBe(`\
↶ korthweb was rolled back: 1 release skipped, 1 rolled-back, 1 unchanged in 1m02s

     RELEASE  ACTION     CHART           REVISION  RESULT       TIME
  =  base     unchanged  base 1.31.0     1         unchanged
  ↶  istiod   install    istiod 1.31.0             rolled-back  1m01s
  ↷  ingress  install    ingress 1.31.0            skipped

Failed
  ✖ istiod: installing failed after 1m01s
    Given up after 1m.
    image-pull  Pod istio-system/istiod-7f9
      The image cannot be pulled.
      │ Failed to pull image: not found
      → Check the hub.

Skipped
  ↷ ingress  because istiod failed

Next
  Everything is back where it was. Put right what is named above, then run again:
    flotilla up
`);
  });

  it("tells a failure from that of its undo", () => {
    const worse = { ...IMAGE_PULL, code: "hook-failed", message: "The hook failed." } as const;
    const view = viewAfter([
      runStarted(),
      finished("release/istiod", { outcome: "failed", message: "Not ready.", diagnosis: [IMAGE_PULL] }),
      runStarted([releaseStep("istiod", [], { action: "rollback" })]),
      finished("release/istiod", { outcome: "failed", message: "Not back.", diagnosis: [worse] }),
    ]);
    const releases = [releaseResult("istiod", { outcome: "failed", diagnosis: [IMAGE_PULL, worse] })];
    const text = resultText(runResult({ outcome: "failed", releases }), { color: false, view, again: null });
    expect(text.match(/The image cannot be pulled\./g)).toHaveLength(1);
    expect(text.indexOf("rolling back failed")).toBeGreaterThan(text.indexOf("The image cannot be pulled."));
    expect(text.indexOf("The hook failed.")).toBeGreaterThan(text.indexOf("rolling back failed"));
  });

  it("works without any events, as for a result read from elsewhere", () => {
    const releases = [releaseResult("istiod", { outcome: "failed", diagnosis: [IMAGE_PULL] })];
    const text = resultText(runResult({ outcome: "failed", releases }), {
      color: false,
      view: EMPTY_RUN_VIEW,
      again: null,
    });
    expect(text).toContain("Failed\n  ✖ istiod\n    image-pull  Pod");
  });

  it.each([
    [
      runResult({ releases: [releaseResult("a", { outcome: "unchanged" })] }),
      "✔ korthweb is up to date, nothing to do: 1 release unchanged in 12s",
    ],
    [
      runResult({ releases: [releaseResult("a", { action: "uninstall", outcome: "removed", revisionAfter: null })] }),
      "✔ korthweb is removed: 1 release removed in 12s",
    ],
    [
      runResult({
        releases: [
          releaseResult("a", { action: "uninstall", outcome: "removed", revisionAfter: null }),
          releaseResult("b", { action: "rollback", revisionBefore: 2, revisionAfter: 3 }),
        ],
      }),
      "✔ korthweb is back: 1 release ready, 1 removed in 12s",
    ],
    // A run that prunes.
    [
      runResult({
        releases: [
          releaseResult("a", { action: "unchanged", outcome: "unchanged", revisionBefore: 1 }),
          releaseResult("b", { action: "uninstall", outcome: "removed", revisionAfter: null }),
        ],
      }),
      "✔ korthweb is up: 1 release removed, 1 unchanged in 12s",
    ],
    [
      runResult({ outcome: "interrupted", releases: [releaseResult("a", { outcome: "skipped" })] }),
      "■ korthweb was interrupted: 1 release skipped in 12s",
    ],
    [
      runResult({ outcome: "rolled-back", releases: [releaseResult("a", { outcome: "rolled-back" })] }),
      "↶ korthweb was rolled back: 1 release rolled-back in 12s",
    ],
    [runResult(), "✔ korthweb is up to date, nothing to do: no releases in 12s"],
  ])("sums up %#", (result, headline) => {
    expect(resultText(result, { color: false, view: EMPTY_RUN_VIEW, again: null }).split("\n")[0]).toBe(headline);
  });

  it("says of a run without releases what the command has to say", () => {
    const idle = "nothing of korthweb was installed";
    const text = resultText(runResult(), { color: false, view: EMPTY_RUN_VIEW, again: null, idle });
    expect(text).toBe("✔ nothing of korthweb was installed: no releases in 12s\n");
  });
});
