import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseHelmVersion } from "../../src/helm/helm-version.ts";
import type { PinnedRelease } from "../../src/model/lock.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { HelmProvider } from "../../src/operations/choose-helm.ts";
import type { Cluster } from "../../src/operations/connect-cluster.ts";
import { createPlan, type PlanOptions } from "../../src/operations/create-plan.ts";
import { openSavedPlan } from "../../src/operations/open-saved-plan.ts";
import { refuseStale } from "../../src/operations/refuse-stale.ts";
import { renewPlan } from "../../src/operations/renew-plan.ts";
import { savePlan } from "../../src/operations/save-plan.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "../kube/fake-cluster.ts";
import { pinned } from "../plan/samples.ts";
import { writeChartFolder } from "../support/chart-archive.ts";
import { NO_CHOICES } from "../support/no-choices.ts";
import { sampleStack } from "../support/sample-stack.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { recordingContext } from "../support/temp-cache.ts";

const folder = useTempFolder();
const context = recordingContext();
/** Renders nothing of any chart. */
const helm: HelmProvider = {
  path: async () => folder.join("helm"),
  open: async () => ({ path: folder.join("helm"), ...parseHelmVersion("v4.1.0", "helm") }),
};

let api: FakeCluster;
let releases: readonly PinnedRelease[];

/** An empty cluster in which everything is allowed. */
beforeEach(async () => {
  await writeFile(folder.join("helm"), "#!/bin/sh\ncat >/dev/null\n", { mode: 0o755 });
  api = await startFakeCluster(({ path, query, method, body }, response) => {
    if (path.endsWith("/namespaces/kube-system"))
      answer(response, 200, { metadata: { name: "kube-system", uid: "u" } });
    else if (method === "POST") answer(response, 201, { ...JSON.parse(body), status: { allowed: true } });
    else if (query.has("limit")) answer(response, 200, { items: [], metadata: {} });
    else refuse(response, 404, "NotFound", "not found");
  });
  const charts = await Promise.all(
    ["db", "web", "lone"].map(async (name) => {
      const path = folder.join(name);
      await writeChartFolder(path, { name, version: "1.0.0" });
      return { name, path };
    }),
  );
  releases = charts.map(({ name, path }) => pinned(name, { needs: name === "web" ? ["db"] : [] }, { path }));
});
afterEach(() => api.close());

const stack = () =>
  sampleStack(
    folder.join("flotilla.yaml"),
    releases.map(({ release }) => release),
  );
const cluster = (): Cluster => ({
  client: api.client,
  helmTarget: { kubeconfig: api.kubeconfig, context: null },
  context: "fake",
  kubernetesVersion: "v1.36.0",
});
const planOf = (choices: PlanOptions) => createPlan(stack(), releases, cluster(), helm, context, choices);
const stepsOf = async (choices: PlanOptions) => (await planOf(choices)).steps.map(({ id }) => id);

test("a plan has the steps of all releases, or of those that it is limited to", async () => {
  expect(await stepsOf({})).toEqual(["release/db", "release/web", "release/lone"]);
  expect(await stepsOf({ only: ["lone"] })).toEqual(["release/lone"]);
  expect(await stepsOf({ only: ["web"], withNeeds: true })).toEqual(["release/db", "release/web"]);
});

test("a plan that leaves out what is needed is refused", async () => {
  await expect(planOf({ only: ["web"] })).rejects.toMatchObject({ code: "need-unmet" });
});

test.for<[string, PlanOptions]>([
  ["--only", { only: ["lone", "wbe"] }],
  ["--force-conflicts", { forceConflicts: ["wbe"] }],
])("a wrong name in %s is told before the cluster is asked", async ([flag, choices]) => {
  await expect(planOf(choices)).rejects.toMatchObject({
    code: "usage",
    message: `${flag} names "wbe", which is no release of stack demo.`,
    hint: "Did you mean web?",
  });
  expect(api.seen).toEqual([]);
});

test("a program that saves a plan of some releases can make it anew", async () => {
  const choices = { ...NO_CHOICES, only: ["lone"] };
  const file = folder.join("release.plan");
  const input = { stack: stack(), pinned: releases, cluster: cluster() };
  const plan = await planOf(choices);
  await savePlan(file, plan, { ...input, choices, sandbox: false }, context);
  const same = await renewPlan(await openSavedPlan(file, context), { ...input, helm }, context);
  expect(same.steps.map(({ id }) => id)).toEqual(["release/lone"]);
});

test("a plan that cannot be saved says what cannot be written, as other files do", async () => {
  const input = { stack: stack(), pinned: releases, cluster: cluster(), choices: NO_CHOICES, sandbox: false };
  const taken = folder.join("db");
  await expect(savePlan(taken, await planOf(NO_CHOICES), input, context)).rejects.toMatchObject({
    code: "write-failed",
    message: expect.stringMatching(/db cannot be written: [^.]*\(EISDIR\)\.$/),
  });
});

test("a stack whose releases wait for themselves is refused, and nothing is asked of its cluster", async () => {
  releases = [pinned("a", { needs: ["b"] }), pinned("b", { needs: ["a"] })];
  await expect(planOf({})).rejects.toMatchObject({
    code: "config-invalid",
    message: "These wait for themselves: a → b → a.",
  });
  expect(api.seen).toEqual([]);
});

test("releases in a namespace that is being deleted go with it, and are installed anew", async () => {
  const { namespace } = releases[0]?.release ?? { namespace: "" };
  const labels = { owner: "helm", name: "db", status: "deployed", version: "1", "flotilla.dev/stack": "demo" };
  const secret = { metadata: { name: "sh.helm.release.v1.db.v1", namespace, labels }, type: "helm.sh/release.v1" };
  const being: { deletionTimestamp?: string } = {};
  await api.close();
  api = await startFakeCluster(({ path, query, method, body }, response) => {
    if (path.endsWith(`/namespaces/${namespace}`)) answer(response, 200, { metadata: { name: namespace, ...being } });
    else if (path.endsWith(`/namespaces/${namespace}/secrets`))
      answer(response, 200, { items: [secret], metadata: {} });
    else if (method === "POST") answer(response, 201, { ...JSON.parse(body), status: { allowed: true } });
    else if (query.has("limit")) answer(response, 200, { items: [], metadata: {} });
    else refuse(response, 404, "NotFound", "not found");
  });
  const namespaces = [{ name: namespace, labels: {}, annotations: {}, pullSecretsFrom: [] }];
  const plan = (): Promise<Plan> => createPlan({ ...stack(), namespaces }, releases, cluster(), helm, context);
  const actionIn = ({ steps }: Plan): string | undefined => steps.find(({ id }) => id === "release/db")?.action;
  expect(actionIn(await plan())).toBe("upgrade");
  being.deletionTimestamp = "2026-11-27T00:00:00Z";
  const anew = await plan();
  expect(actionIn(anew)).toBe("install");
  await expect(refuseStale(anew, api.client, context.signal)).resolves.toBeUndefined();
  delete being.deletionTimestamp;
  await expect(refuseStale(anew, api.client, context.signal)).rejects.toMatchObject({ code: "plan-stale" });
});
