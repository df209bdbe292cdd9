import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HelmError } from "../../src/helm/helm-error.ts";
import { type Helm, type HelmTarget, openHelm } from "../../src/helm/helm.ts";
import { decodeRelease, observeReleases } from "../../src/helm/release-records.ts";
import { renderChart } from "../../src/helm/render-chart.ts";
import { rollbackRelease } from "../../src/helm/rollback-release.ts";
import { uninstallRelease } from "../../src/helm/uninstall-release.ts";
import { upgradeRelease, type UpgradeRequest } from "../../src/helm/upgrade-release.ts";
import { parseManifest } from "../../src/manifest/parse-manifest.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { ObservedRelease } from "../../src/model/observed.ts";
import { runProcess } from "../../src/runtime/process.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { bundleDriver, startDriver } from "../support/driver.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

/** Charts with one template each; all of them small enough to be read here. */
const CHARTS = {
  settings: `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {a: "{{ .Values.a }}", upgrade: "{{ .Release.IsUpgrade }}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-kept", annotations: {helm.sh/resource-policy: keep}}
`,
  app: `apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: "{{ .Values.app }}"}}
  template:
    metadata: {labels: {app: "{{ .Values.app }}"}}
    spec: {nodeSelector: {never: "{{ .Values.never }}"}, containers: [{name: app, image: app}]}
`,
  hooked: `apiVersion: batch/v1
kind: Job
metadata: {name: "{{ .Release.Name }}-hook", annotations: {helm.sh/hook: "{{ .Values.hook }}"}}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: {{ .Values.deadline | default 600 }}
  template: {spec: {restartPolicy: Never, nodeSelector: {never: "true"}, containers: [{name: job, image: job}]}}
{{- if .Values.app }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {nodeSelector: {never: "true"}, containers: [{name: app, image: app}]}
{{- end }}
`,
  unknown: `apiVersion: nobody.example.com/v1
kind: Widget
metadata: {name: widget}
`,
} as const;

const LABELS = { "flotilla.dev/stack": "korthweb", "flotilla.dev/inputs": "abc" };

const { signal } = new AbortController();
let sandbox: TestSandbox;
let target: HelmTarget;
let folder = "";
let tools: Readonly<Record<"helm3" | "helm4", string>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-helm-"));
  for (const [name, template] of Object.entries(CHARTS)) {
    await mkdir(join(folder, name, "templates"), { recursive: true });
    await writeFile(
      join(folder, name, "Chart.yaml"),
      `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nappVersion: "7"\n`,
    );
    await writeFile(join(folder, name, "templates", "all.yaml"), template);
  }
  tools = await ensureTools(["helm3", "helm4"], quietContext());
  sandbox = await startTestSandbox();
  target = { kubeconfig: sandbox.kubeconfig, context: sandbox.context };
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(["helm4", "helm3"] as const)("%s", (tool) => {
  let helm: Helm;
  const namespace = `test-${tool}`;
  const request = (name: string, chart: keyof typeof CHARTS, more: Partial<UpgradeRequest> = {}): UpgradeRequest => ({
    name,
    namespace,
    chart: join(folder, chart),
    values: {},
    labels: LABELS,
    timeoutMs: 20_000,
    hookWait: false,
    ...more,
  });
  const settings = async (name: string): Promise<unknown> =>
    (await sandbox.api.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`))?.["data"];
  const secrets = async (): Promise<KubeObject[]> => {
    const list = await sandbox.api.get(`/api/v1/namespaces/${namespace}/secrets?labelSelector=owner%3Dhelm`);
    return list?.["items"] as KubeObject[];
  };
  const observed = async (name: string): Promise<ObservedRelease | undefined> =>
    observeReleases(await secrets()).find((release) => release.name === name);
  /** Runs helm as a user would, by hand. */
  const byHand = async (...args: string[]): Promise<void> => {
    const flags = ["--namespace", namespace, "--kubeconfig", sandbox.kubeconfig];
    const { exitCode, stderr } = await runProcess(helm.path, [...args, ...flags]);
    if (exitCode !== 0) throw new Error(stderr);
  };
  const failure = async (work: Promise<unknown>): Promise<HelmError> => {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error instanceof HelmError) return error;
    throw new Error(`expected a HelmError, got ${String(error)}`);
  };

  beforeAll(async () => {
    helm = await openHelm(tools[tool], signal);
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  });

  test("is the major that was asked for", () => {
    expect(`helm${helm.major}`).toBe(tool);
  });

  test("installs, upgrades, rolls back and uninstalls a release", async () => {
    const first = await upgradeRelease(helm, target, request("life", "settings", { values: { a: "one" } }), signal);
    expect(first).toMatchObject({ revision: 1, status: "deployed" });
    expect(
      parseManifest(first.manifest)
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(["life", "life-kept"]);
    expect(await settings("life")).toEqual({ a: "one", upgrade: "false" });

    const second = await upgradeRelease(helm, target, request("life", "settings", { values: { a: "two" } }), signal);
    expect(second.revision).toBe(2);
    expect(await settings("life")).toEqual({ a: "two", upgrade: "true" });

    await rollbackRelease(helm, target, { name: "life", namespace, revision: 1, timeoutMs: 20_000 }, signal);
    expect(await settings("life")).toEqual({ a: "one", upgrade: "false" });
    expect(await observed("life")).toEqual({
      name: "life",
      namespace,
      revision: 3,
      status: "deployed",
      deployedRevision: 3,
      stack: "korthweb",
      inputsHash: "abc",
      adopted: false,
    });

    await uninstallRelease(helm, target, { name: "life", namespace, timeoutMs: 20_000 }, signal);
    expect(await observed("life")).toBeUndefined();
    expect(await settings("life")).toBeUndefined();
    expect(await sandbox.api.get(`/api/v1/namespaces/${namespace}/configmaps/life-kept`)).not.toBeNull();
    await uninstallRelease(helm, target, { name: "life", namespace, timeoutMs: 20_000 }, signal);
  });

  test("values that are gone from the stack file are gone from the release", async () => {
    await upgradeRelease(helm, target, request("values", "settings", { values: { a: "set" } }), signal);
    await upgradeRelease(helm, target, request("values", "settings"), signal);
    expect(await settings("values")).toEqual({ a: "", upgrade: "true" });
  });

  test("labels show a new upgrade, and stay when somebody upgrades or rolls back by hand", async () => {
    await upgradeRelease(helm, target, request("labels", "settings"), signal);
    const labels = { ...LABELS, "flotilla.dev/inputs": "def" };
    await upgradeRelease(helm, target, request("labels", "settings", { labels }), signal);
    expect(await observed("labels")).toMatchObject({ revision: 2, stack: "korthweb", inputsHash: "def" });
    await byHand("upgrade", "labels", join(folder, "settings"), "--set", "a=hand");
    expect(await observed("labels")).toMatchObject({ revision: 3, stack: "korthweb", inputsHash: "def" });
    // A rollback takes the labels of the revision that it goes back to.
    await byHand("rollback", "labels", "1");
    expect(await observed("labels")).toMatchObject({ revision: 4, stack: "korthweb", inputsHash: "abc" });
  });

  test("Helm's own record holds what was applied", async () => {
    const given = { values: { a: "one" } };
    const { manifest } = await upgradeRelease(helm, target, request("record", "settings", given), signal);
    const secret = (await secrets()).find(({ metadata }) => metadata.name.includes(".record."));
    if (!secret) throw new Error("no record");
    expect(decodeRelease(secret)).toEqual({
      name: "record",
      namespace,
      revision: 1,
      status: "deployed",
      description: "Install complete",
      manifest,
      hooks: [],
      config: given.values,
      chart: { name: "settings", version: "1.0.0", appVersion: "7" },
      applyMethod: tool === "helm4" ? "ssa" : null,
    });
  });

  test("a chart renders to what an upgrade applies", async () => {
    const chart = request("rendered", "settings", { values: { a: "one" } });
    const text = await renderChart(
      helm,
      { ...chart, kubeVersion: "v1.36.0", apiVersions: [], isUpgrade: false },
      signal,
    );
    const { manifest } = await upgradeRelease(helm, target, chart, signal);
    expect(parseManifest(text)).toEqual(parseManifest(manifest));
  });

  test("with hooks after readiness, they run only when the release is ready", async () => {
    const job = (name: string): ReturnType<TestSandbox["api"]["get"]> =>
      sandbox.api.get(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}-hook`);
    const values = { hook: "post-install", deadline: 1, app: true };
    const waiting = request("waits", "hooked", { values, hookWait: true, timeoutMs: 3000 });
    expect((await failure(upgradeRelease(helm, target, waiting, signal))).diagnosis.message).toContain("not ready");
    expect(await job("waits")).toBeNull();
    const hasty = request("hasty", "hooked", { values });
    const { diagnosis } = await failure(upgradeRelease(helm, target, hasty, signal));
    expect(diagnosis).toMatchObject({ code: "hook-failed", object: { kind: "Job", name: "hasty-hook" } });
    expect(await job("hasty")).not.toBeNull();
  });

  describe("says what went wrong:", () => {
    test("a field that cannot change", async () => {
      await upgradeRelease(helm, target, request("fixed", "app", { values: { app: "one", never: "x" } }), signal);
      const work = upgradeRelease(
        helm,
        target,
        request("fixed", "app", { values: { app: "two", never: "x" } }),
        signal,
      );
      expect((await failure(work)).diagnosis).toMatchObject({
        code: "immutable-field",
        object: { apiVersion: "apps/v1", kind: "Deployment", namespace, name: "fixed" },
      });
    });

    test("an object of somebody else's", async () => {
      await sandbox.api.send("POST", `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: "foreign" } });
      const { diagnosis } = await failure(upgradeRelease(helm, target, request("foreign", "settings"), signal));
      expect(diagnosis).toMatchObject({ code: "apply-conflict", object: { kind: "ConfigMap", name: "foreign" } });
    });

    test("a kind that the cluster does not know", async () => {
      const { diagnosis } = await failure(upgradeRelease(helm, target, request("kind", "unknown"), signal));
      expect(diagnosis).toMatchObject({ code: "crd-not-established", object: { kind: "Widget" } });
    });

    test("a namespace that is not there", async () => {
      const work = upgradeRelease(helm, target, { ...request("lost", "settings"), namespace: "nowhere" }, signal);
      expect((await failure(work)).message).toContain("no namespace nowhere");
    });

    test("a namespace without room", async () => {
      const spec = { hard: { "count/jobs.batch": "0" } };
      const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
      await sandbox.api.send("POST", path, { metadata: { name: "none" }, spec });
      // The quota counts once its controller has looked.
      expect(
        await until(async () => (await sandbox.api.get(`${path}/none`))?.["status"]?.hard !== undefined, 20_000),
      ).toBe(true);
      const { diagnosis } = await failure(
        upgradeRelease(helm, target, request("full", "hooked", { values: { hook: "pre-install" } }), signal),
      );
      await sandbox.api.send("DELETE", `${path}/none`);
      expect(diagnosis).toMatchObject({ code: "quota", message: expect.stringContaining("count/jobs.batch") });
    });

    test("a hook that fails", async () => {
      const values = { hook: "pre-install", deadline: 1 };
      const { diagnosis } = await failure(upgradeRelease(helm, target, request("bad", "hooked", { values }), signal));
      expect(diagnosis).toMatchObject({ code: "hook-failed", object: { kind: "Job", namespace, name: "bad-hook" } });
    });

    test("a cluster that does not answer", async () => {
      const kubeconfig = join(folder, "nobody.yaml");
      const config = readFileSync(sandbox.kubeconfig, "utf8").replace(/server: .*/, "server: https://127.0.0.1:1");
      await writeFile(kubeconfig, config);
      await expect(
        upgradeRelease(helm, { ...target, kubeconfig }, request("far", "settings"), signal),
      ).rejects.toMatchObject({ code: "cluster-unreachable", message: expect.stringContaining("127.0.0.1:1") });
    });

    test("a context that is not there", async () => {
      const work = upgradeRelease(helm, { ...target, context: "nope" }, request("where", "settings"), signal);
      await expect(work).rejects.toMatchObject({ code: "context-unknown" });
    });
  });

  test("an interrupted install is written down as failed, not left pending", async () => {
    const controller = new AbortController();
    const slow = request("stopped", "hooked", { values: { hook: "pre-install" } });
    const work = upgradeRelease(helm, target, slow, controller.signal);
    const interrupted = expect(work).rejects.toMatchObject({ code: "interrupted" });
    expect(await until(async () => (await observed("stopped"))?.status === "pending-install", 20_000)).toBe(true);
    controller.abort();
    await interrupted;
    expect((await observed("stopped"))?.status).toBe("failed");
  });

  test("helm dies within a second of the SIGKILL of its parent; the release can be put right", async () => {
    const slow = request("orphan", "hooked", { values: { hook: "pre-install" }, timeoutMs: 600_000 });
    const driver = startDriver(
      await bundleDriver(
        `import { openHelm } from "./src/helm/helm.ts";
        import { upgradeRelease } from "./src/helm/upgrade-release.ts";
        const { signal } = new AbortController();
        const helm = await openHelm(${JSON.stringify(helm.path)}, signal);
        await upgradeRelease(helm, ${JSON.stringify(target)}, ${JSON.stringify(slow)}, signal);`,
        join(folder, `driver-${tool}.mjs`),
      ),
    );
    const helms = (): Promise<string[]> => processesWith("upgrade", "orphan", namespace);
    expect(await until(async () => (await observed("orphan"))?.status === "pending-install", 30_000)).toBe(true);
    expect(await helms()).not.toEqual([]);
    driver.process.kill("SIGKILL");
    await driver.ended;
    expect(await until(async () => (await helms()).length === 0, 1000)).toBe(true);

    const again = request("orphan", "hooked", { values: { hook: "test" } });
    const { diagnosis } = await failure(upgradeRelease(helm, target, again, signal));
    expect(diagnosis.code).toBe("release-locked");
    await uninstallRelease(helm, target, { name: "orphan", namespace, timeoutMs: 20_000 }, signal);
    expect(await upgradeRelease(helm, target, again, signal)).toMatchObject({ revision: 1, status: "deployed" });
  });
});

test("Helm 4 names who holds a field that it may not change", async () => {
  const namespace = "test-conflict";
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  const helm = await openHelm(tools.helm4, signal);
  const request: UpgradeRequest = {
    name: "held",
    namespace,
    chart: join(folder, "settings"),
    values: { a: "one" },
    labels: {},
    timeoutMs: 20_000,
    hookWait: false,
  };
  await upgradeRelease(helm, target, request, signal);
  await sandbox.api.send(
    "PATCH",
    `/api/v1/namespaces/${namespace}/configmaps/held?fieldManager=admissionsenforcer&force=true`,
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held" }, data: { a: "theirs" } },
    "application/apply-patch+yaml",
  );
  const work = upgradeRelease(helm, target, { ...request, values: { a: "two" } }, signal);
  await expect(work).rejects.toMatchObject({
    diagnosis: {
      code: "apply-conflict",
      object: { apiVersion: "v1", kind: "ConfigMap", namespace, name: "held" },
      message: expect.stringMatching(/admissionsenforcer.*\.data\.a/),
    },
  });
});

/** Processes with all of these words in their command line: helm, and the guard that was left behind for it. */
async function processesWith(...words: readonly string[]): Promise<string[]> {
  const commandLines =
    process.platform === "linux" ? linuxCommandLines() : (await runProcess("ps", ["-axo", "args="])).stdout.split("\n");
  return commandLines.filter((line) => words.every((word) => line.split(" ").includes(word)));
}

function linuxCommandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // It ended in the meantime.
      }
    });
}
