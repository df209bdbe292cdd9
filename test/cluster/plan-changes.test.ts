import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { writeChartFolder } from "../support/chart-archive.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { flotilla } from "../support/flotilla.ts";
import { helmObjects } from "../support/helm-objects.ts";
import { deployment, writeObjectsChart } from "../support/objects-chart.ts";
import { changesOf } from "../support/planned-writes.ts";
import { type RecordingHelm, recordingHelm } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;
let folder: string;
let helm: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "plan-changes-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await sandbox.stop();
});

async function run(file: string, ...args: readonly string[]): Promise<KubeJson> {
  const result = await flotilla([...args, "-c", file, "--sandbox", "-o", "json"], {
    env: { ...sandbox.env, FLOTILLA_HELM: helm },
  });
  if (result.stdout === "") throw new Error(result.stderr);
  return { ...JSON.parse(result.stdout), code: result.code, stderr: result.stderr };
}

describe("what is lost for good", () => {
  let file: string;
  const write = (app: string, claim: boolean): Promise<void> => {
    const volume = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    };
    const web = deployment("web", {
      spec: { selector: { matchLabels: { app: "web", line: app } }, template: podOf(app) },
    });
    const objects = [web, ...(claim ? [volume] : [])];
    const release = {
      name: "lossy",
      namespace: "lossy",
      chart: join(folder, "objects"),
      values: [{ objects }],
      wait: { timeout: "30s" },
    };
    return writeFile(
      file,
      JSON.stringify({ apiVersion: "flotilla/v1", stack: "lossy", releases: [{ ...release, wait: false }] }),
    );
  };
  const podOf = (line: string): object => ({
    metadata: { labels: { app: "web", line } },
    spec: { containers: [{ name: "app", image: "registry.example/app:1" }] },
  });

  beforeAll(async () => {
    await sandbox.reset();
    helm = (await ensureTools(["helm4"], quietContext())).helm4;
    await writeObjectsChart(folder);
    file = join(folder, "lossy.yaml");
    await write("one", true);
    expect(await run(file, "up", "--yes")).toMatchObject({ outcome: "succeeded" });
  });

  test("is refused with every object, and nothing is touched", async () => {
    await write("two", false);
    const before = await helmObjects(sandbox.api);
    const refused = await flotilla(["up", "--yes", "-c", file, "--sandbox"], {
      env: { ...sandbox.env, FLOTILLA_HELM: helm },
    });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/PersistentVolumeClaim lossy\/data loses the volume and the data in it/);
    expect(refused.stderr).toMatch(/Deployment lossy\/web loses it is replaced, as spec\.selector cannot be changed/);
    expect(await helmObjects(sandbox.api)).toEqual(before);
    const { steps } = await run(file, "plan");
    const losses = steps
      .flatMap((step: KubeJson) => step["changes"])
      .filter(({ destructive }: KubeJson) => destructive);
    expect(losses.map(({ kind, change, replaced }: KubeJson) => ({ kind, change, replaced }))).toEqual([
      { kind: "Deployment", change: "change", replaced: true },
      { kind: "PersistentVolumeClaim", change: "remove", replaced: false },
    ]);
  });

  test("happens when it is said to be wanted", async () => {
    expect(await run(file, "up", "--yes", "--allow-destructive")).toMatchObject({ outcome: "succeeded" });
    const web = await sandbox.api.get("/apis/apps/v1/namespaces/lossy/deployments/web");
    expect(web?.["spec"].selector.matchLabels).toEqual({ app: "web", line: "two" });
    const claim = await sandbox.api.get("/api/v1/namespaces/lossy/persistentvolumeclaims/data");
    expect(claim?.["metadata"].deletionTimestamp ?? null).toBe(claim === null ? null : expect.any(String));
  });
});

describe("fifty releases", () => {
  let recorder: RecordingHelm;

  beforeAll(async () => {
    await sandbox.reset();
    recorder = await recordingHelm((await ensureTools(["helm4"], quietContext())).helm4, sandbox.kubeconfig);
    helm = join(recorder.folder, "helm");
  });

  afterAll(() => recorder.remove());

  test("only the one that changes is rendered, once", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `app-${index}`);
    const template =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { a: {{ .Values.a | quote }} }\n";
    await writeChartFolder(join(folder, "small"), {
      name: "small",
      version: "1.0.0",
      files: { "templates/config.yaml": template },
    });
    const file = join(folder, "many.yaml");
    const releases = names.map((name) => ({ name, namespace: "many", chart: "./small", values: [{ a: "1" }] }));
    await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "many", releases }));
    const first = await run(file, "up", "--yes");
    expect(first["releases"].flatMap(({ diagnosis }: KubeJson) => diagnosis)).toEqual([]);
    expect(first).toMatchObject({ outcome: "succeeded" });
    await recorder.clear();
    const plan = await run(file, "plan", "--set", "app-37.a=2");
    expect(changesOf(plan)).toEqual(["change /ConfigMap many/app-37"]);
    const rendered = (await recorder.calls()).filter(({ args }) => args.includes("template"));
    expect(rendered.map(({ args }) => args[1])).toEqual(["app-37"]);
    await recorder.clear();
    expect(changesOf(await run(file, "plan"))).toEqual([]);
    expect(await recorder.calls()).toEqual([]);
  });
});
