import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type AuditLog, type AuditedWrite, auditLog } from "../support/audit-log.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { flotilla } from "../support/flotilla.ts";
import { helmObjects } from "../support/helm-objects.ts";
import { changesOf, helmWrites, needsOf, releaseSteps } from "../support/planned-writes.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

/** What a plan says and what `up` then does, by the API server's own log of every write. */
let sandbox: TestSandbox;
let log: AuditLog;
let folder: string;
let charts: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  log = await auditLog(sandbox);
  folder = await mkdtemp(join(tmpdir(), "audit-"));
  charts = await packIstioCharts(quietContext());
});

afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
  await sandbox?.stop();
});

/** What became of Helm's objects, in the words of a plan. */
function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  return ids
    .flatMap((id) => {
      if (before.get(id) === after.get(id)) return [];
      return `${before.has(id) ? (after.has(id) ? "change" : "remove") : "add"} ${id}`;
    })
    .toSorted();
}

describe.each(["helm4", "helm3"] as const)("with %s, `up` writes what the plan says and nothing else:", (tool) => {
  let file: string;
  let helm: string;
  let text: string;

  beforeAll(async () => {
    await sandbox.reset();
    helm = (await ensureTools([tool], quietContext()))[tool];
    file = join(folder, `${tool}.yaml`);
    const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
    text = example
      .replace("../../charts/dicom", join(packageRoot(), "charts", "dicom"))
      .replace("version: ~1.31.0", `version: 1.30.5\n  source: ${charts}`);
    await writeFile(file, text);
    await rm(join(folder, `${tool}.lock`), { force: true });
  });

  const run = async (...args: readonly string[]): Promise<KubeJson> => {
    const result = await flotilla([...args, "-c", file, "--sandbox", "-o", "json"], {
      env: { ...sandbox.env, FLOTILLA_HELM: helm },
    });
    if (result.stdout === "") throw new Error(result.stderr);
    return { ...JSON.parse(result.stdout), code: result.code, stderr: result.stderr };
  };

  /** Step for step, object for object: the plan, what the log says that helm wrote, and what has become of it. */
  const compare = async (...flags: readonly string[]): Promise<KubeJson> => {
    const before = await helmObjects(sandbox.api);
    await log.writes();
    const plan = await run("plan", ...flags);
    expect(own(await log.writes()), "a plan writes nothing").toEqual([]);
    const { outcome } = await run("up", "--yes", ...flags);
    expect(outcome).toBe("succeeded");
    const writes = await log.writes();
    const { byStep, unplanned } = helmWrites(plan, writes);
    expect(unplanned).toEqual([]);
    for (const step of releaseSteps(plan)) {
      expect(byStep.get(step["id"])?.changes ?? [], step["id"]).toEqual(changesOf({ steps: [step] }));
    }
    expectInOrder(plan, byStep, writes);
    expectOwnWrites(plan, writes);
    expect(difference(before, await helmObjects(sandbox.api))).toEqual(changesOf(plan));
    return plan;
  };

  test("the first install, custom resources of CRDs that are still to come included", async () => {
    const plan = await compare();
    expect(plan).toMatchObject({ code: 0, summary: { install: 5, drifted: 0 } });
    expect(plan["stderr"]).not.toMatch(/not known before helm runs|error/);
    expect(changesOf(plan)).toEqual(
      expect.arrayContaining([
        "add networking.istio.io/Gateway dicom/dicom",
        "add apps/Deployment istio-system/istiod",
      ]),
    );
    const diffs = plan["steps"].flatMap((step: KubeJson) => step["changes"]).map(({ diff }: KubeJson) => diff);
    expect(diffs.join("")).toContain("(known after apply)");
  });

  test("nothing, when nothing has changed: what the chart made up is kept, and is no change", async () => {
    expect(changesOf(await compare())).toEqual([]);
  });

  test("the next version of Istio", async () => {
    text = text.replace("version: 1.30.5", "version: 1.31.1");
    await writeFile(file, text);
    await rm(join(folder, `${tool}.lock`), { force: true });
    const plan = await compare();
    expect(plan).toMatchObject({ summary: { upgrade: 4, unchanged: 1 } });
    expect(changesOf(plan)).toContain("change apps/Deployment istio-system/istiod");
  });

  test("one value changed", async () => {
    const plan = await compare("--set", "istio-egressgateway.labels.team=seven");
    const release = plan["steps"].find((step: KubeJson) => step["release"] === "istio-egressgateway");
    expect(release).toMatchObject({ action: "upgrade" });
    const [deploymentChange] = release.changes.filter(({ kind }: KubeJson) => kind === "Deployment");
    expect(deploymentChange.diff).toMatch(/^\+ {4}team: seven$/m);
    expect(deploymentChange).toMatchObject({ change: "change", destructive: false });
  });

  test("what was changed, and what was deleted, by hand", async () => {
    const egress = (kind: string): string => `/namespaces/istio-egress/${kind}/istio-egressgateway`;
    const labels = { metadata: { labels: { app: "mine" } } };
    await sandbox.api.send("PATCH", `/apis/apps/v1${egress("deployments")}`, labels, "application/merge-patch+json");
    await sandbox.api.send("DELETE", `/api/v1${egress("services")}`);
    expect(changesOf(await compare("--set", "istio-egressgateway.labels.team=seven"))).toEqual([
      "add /Service istio-egress/istio-egressgateway",
      "change apps/Deployment istio-egress/istio-egressgateway",
    ]);
  });

  test("a release that left the stack file", async () => {
    expect(changesOf(await compare())).toContain("change apps/Deployment istio-egress/istio-egressgateway");
    await writeFile(file, text.slice(0, text.indexOf("releases:")));
    const plan = await compare("--prune");
    expect(changesOf(plan)).toContain("remove apps/Deployment dicom/dicom-orthanc");
    expect(changesOf(plan)).not.toContain("remove /Secret dicom/dicom-ca");
  });
});

/** Helm's first write for a step comes after the last one for each step that it needs, over gates: releases, namespaces. */
function expectInOrder(
  plan: KubeJson,
  byStep: ReturnType<typeof helmWrites>["byStep"],
  writes: readonly AuditedWrite[],
): void {
  const needs = needsOf(plan);
  const done = new Map([...byStep].map(([id, { endedAt }]) => [id, endedAt]));
  for (const { agent, id, endedAt } of writes) {
    if (agent === "flotilla" && id.startsWith("/Namespace "))
      done.set(id.replace(/^\/Namespace \//, "namespace/"), endedAt);
  }
  const early = [...byStep].flatMap(([id, { startedAt }]) =>
    [...(needs.get(id) ?? [])]
      .filter((need) => (done.get(need) ?? 0) > startedAt)
      .map((need) => `${id} before ${need} was done`),
  );
  expect(early).toEqual([]);
}

const own = (writes: readonly AuditedWrite[]): readonly AuditedWrite[] =>
  writes.filter(({ agent }) => agent !== "other");

/** Of flotilla's own: the namespaces of the plan's steps, and what docs/architecture.md says is in the cluster. */
function expectOwnWrites(plan: KubeJson, writes: readonly AuditedWrite[]): void {
  const wrote = new Set(
    writes
      .filter(({ agent }) => agent === "flotilla")
      .map(({ id, effect }) => `${effect} ${id.replace(/(flotilla-run-quickstart)-.*/, "$1")}`),
  );
  const namespaces = plan["steps"]
    .filter(({ kind, action }: KubeJson) => kind === "namespace" && action !== "unchanged")
    .map(({ action, namespace }: KubeJson) => `${action === "install" ? "add" : "change"} /Namespace /${namespace}`);
  expect([...wrote].filter((write) => !OWN_STATE.includes(write)).toSorted()).toEqual(namespaces.toSorted());
}

const STATE = "flotilla-system";
const OWN_STATE = [
  `add /Namespace /${STATE}`,
  ...["add", "change", "remove"].map((effect) => `${effect} coordination.k8s.io/Lease ${STATE}/flotilla-quickstart`),
  ...["add", "change"].flatMap((effect) => [
    `${effect} /Secret ${STATE}/flotilla-stack-quickstart`,
    `${effect} /Secret ${STATE}/flotilla-run-quickstart`,
  ]),
];
