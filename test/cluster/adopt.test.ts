import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const exec = promisify(execFile);
const MAP = "/api/v1/namespaces/apps/configmaps/app";
const CHART = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { color: "{{ .Values.color | default "blue" }}" }
`;
let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "adopt-"));
  await mkdir(join(folder, "app", "templates"), { recursive: true });
  await writeFile(join(folder, "app", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  await writeFile(join(folder, "app", "templates", "app.yaml"), CHART);
});

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["helm4", "helm3"] as const)("what was there before flotilla, %s", (tool) => {
  let binary: string;

  beforeAll(async () => {
    binary = (await ensureTools([tool], quietContext()))[tool];
  });

  beforeEach(async () => {
    await sandbox.reset();
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "apps" } });
    await writeFile(
      join(folder, "flotilla.yaml"),
      "apiVersion: flotilla/v1\nstack: adopt\nreleases: [{ name: app, namespace: apps, chart: ./app }]\n",
    );
  });

  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox"], {
      env: { ...sandbox.env, FLOTILLA_HELM: binary },
    });
  const json = async (...args: readonly string[]): Promise<KubeJson> => {
    const { stdout, stderr } = await run(...args, "-o", "json");
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as KubeJson;
  };
  const helm = (...args: readonly string[]): Promise<unknown> =>
    exec(binary, [...args, "--kubeconfig", sandbox.kubeconfig, "--namespace", "apps"]);
  const applyByHand = (path: string, body: object): Promise<KubeJson> =>
    sandbox.api.send("PATCH", `${path}?fieldManager=istio-operator`, body, "application/apply-patch+yaml");
  const release = (document: KubeJson): KubeJson => document["releases"][0];

  test("a plain Helm release is refused, adopted when asked for, and unchanged from then on", async () => {
    await helm("install", "app", join(folder, "app"), "--set", "color=red");
    const before = await sandbox.api.get(MAP);
    const refused = await run("up", "--yes");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("--adopt");
    expect((await run("plan", "--adopt")).stdout).toContain("revision 1 was made without flotilla");
    expect(release(await json("up", "--adopt", "--yes"))).toMatchObject({ action: "adopt", outcome: "ready" });
    const after = await sandbox.api.get(MAP);
    expect(after?.["metadata"].uid).toBe(before?.["metadata"].uid);
    expect(after?.["data"]).toEqual({ color: "blue" });
    expect(release(await json("up", "--yes"))).toMatchObject({ outcome: "unchanged" });
    expect(await json("rollback", "--yes")).toMatchObject({ outcome: "succeeded" });
    expect(await sandbox.api.get(MAP)).toMatchObject({ data: { color: "red" } });
  });

  test("objects that another manager applied are adopted in place, and an undo leaves them", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "app" }, data: { color: "red" } };
    const before = await applyByHand(MAP, object);
    expect((await run("up", "--yes")).code).not.toBe(0);
    expect((await run("plan", "--adopt")).stdout).toContain("deletes nothing: ConfigMap apps/app");
    expect(release(await json("up", "--adopt", "--yes"))).toMatchObject({ action: "adopt", outcome: "ready" });
    const after = await sandbox.api.get(MAP);
    expect(after?.["metadata"].uid).toBe(before["metadata"].uid);
    expect(after?.["data"]).toEqual({ color: "blue" });
    expect(release(await json("up", "--yes"))).toMatchObject({ outcome: "unchanged" });
    await run("rollback", "--yes");
    expect(await sandbox.api.get(MAP)).toMatchObject({ metadata: { uid: before["metadata"].uid } });
    expect(release(await json("up", "--yes"))).toMatchObject({ outcome: "unchanged" });
  });

  test("a release that somebody left pending is put right with --take-over", async () => {
    await json("up", "--yes");
    await markPending();
    const refused = await run("up", "--yes");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("--take-over");
    expect(release(await json("up", "--take-over", "--yes"))).toMatchObject({ action: "recover", outcome: "ready" });
    expect(release(await json("up", "--yes"))).toMatchObject({ outcome: "unchanged" });
  });

  /** As a helm leaves it that was killed in its first install, on a machine that we know nothing of. */
  async function markPending(): Promise<void> {
    const path = "/api/v1/namespaces/apps/secrets/sh.helm.release.v1.app.v1";
    const labels = { status: "pending-install" };
    await sandbox.api.send("PATCH", path, { metadata: { labels } }, "application/merge-patch+json");
  }
});

test("Istio's CRDs that no Helm release owns are adopted by its base, and stay", async () => {
  await sandbox.reset();
  await writeFile(
    join(folder, "flotilla.yaml"),
    `apiVersion: flotilla/v1\nstack: adopt\nreleases: [{ name: istio-base, namespace: istio-system, chart: { source: ${sandbox.istioSource}, name: base }, version: 1.31.1 }]\n`,
  );
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox", "--yes"], { env: sandbox.env });
  expect((await run("up")).code).toBe(0);
  const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const uids = async (): Promise<readonly string[]> =>
    ((await sandbox.api.get(crds))?.["items"] ?? []).map((each: KubeJson) => each["metadata"].uid);
  // Charts up to 1.23 left them without Helm's marks, and `down` leaves them in the cluster.
  for (const { metadata } of (await sandbox.api.get(crds))?.["items"] ?? []) {
    const marks = {
      labels: { "app.kubernetes.io/managed-by": null },
      annotations: { "meta.helm.sh/release-name": null, "meta.helm.sh/release-namespace": null },
    };
    const patch = "application/merge-patch+json";
    await sandbox.api.send("PATCH", `${crds}/${metadata.name}`, { metadata: marks }, patch);
  }
  expect((await run("down")).code).toBe(0);
  const before = await uids();
  expect(before.length).toBeGreaterThan(5);
  const adopted = await run("up", "--adopt", "-o", "json");
  expect(JSON.parse(adopted.stdout).releases[0]).toMatchObject({ action: "adopt", outcome: "ready" });
  expect(await uids()).toEqual(before);
});
