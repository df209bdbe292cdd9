import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Helm } from "../../src/helm/helm.ts";
import { renderChart } from "../../src/helm/render-chart.ts";
import { rollbackRelease } from "../../src/helm/rollback-release.ts";
import { uninstallRelease } from "../../src/helm/uninstall-release.ts";
import { upgradeRelease, type UpgradeRequest } from "../../src/helm/upgrade-release.ts";

const { signal } = new AbortController();
const target = { kubeconfig: "/some/config", context: "kind-dev" };
const printed = JSON.stringify({ version: 7, info: { status: "deployed" }, manifest: "kind: X\n", config: { a: 1 } });
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-helm-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A program in helm's place that writes down how it was called. */
async function recorder(major: 3 | 4 = 4, answer = printed): Promise<Helm> {
  const path = join(folder, "helm");
  await writeFile(join(folder, "answer"), answer);
  await writeFile(
    path,
    `#!/bin/sh
printf '%s\\n' "$@" > ${folder}/args
env > ${folder}/env
cat > ${folder}/input
echo 'one warning' >&2
cat ${folder}/answer
`,
  );
  await chmod(path, 0o755);
  return { path, version: `${major}.0.0`, major };
}

async function recorded(what: "args" | "env" | "input"): Promise<string> {
  return readFile(join(folder, what), "utf8");
}

const request: UpgradeRequest = {
  name: "dicom",
  namespace: "pacs",
  chart: "/charts/dicom",
  values: { password: "hunter2", nested: { yes: "on", port: 11112 } },
  labels: { "flotilla.dev/stack": "korthweb", "flotilla.dev/inputs": "abc" },
  timeoutMs: 90_500,
  hookWait: false,
};

test("an upgrade names release, chart, namespace, context and kubeconfig, and reads back the revision", async () => {
  const upgraded = await upgradeRelease(await recorder(), target, request, signal);
  expect(upgraded).toEqual({ revision: 7, status: "deployed", manifest: "kind: X\n" });
  expect((await recorded("args")).trimEnd().split("\n")).toEqual([
    "upgrade",
    "dicom",
    "/charts/dicom",
    "--install",
    "--output=json",
    "--values=-",
    "--reset-values",
    "--timeout=90500ms",
    "--labels",
    "flotilla.dev/stack=korthweb",
    "--labels",
    "flotilla.dev/inputs=abc",
    "--namespace",
    "pacs",
    "--kubeconfig",
    "/some/config",
    "--kube-context",
    "kind-dev",
  ]);
});

test("values reach helm by standard input and by nothing else", async () => {
  await upgradeRelease(await recorder(), target, request, signal);
  expect(JSON.parse(await recorded("input"))).toEqual(request.values);
  expect(await recorded("args")).not.toContain("hunter2");
  expect(await recorded("env")).not.toContain("hunter2");
});

test.each([
  { major: 3 as const, flag: "--wait" },
  { major: 4 as const, flag: "--wait=legacy" },
])("helm $major waits by $flag when a release has hooks after readiness", async ({ major, flag }) => {
  await upgradeRelease(await recorder(major), target, { ...request, hookWait: true }, signal);
  expect((await recorded("args")).split("\n")).toContain(flag);
});

test("without a context helm goes by the user's own settings", async () => {
  await upgradeRelease(await recorder(), { kubeconfig: null, context: null }, request, signal);
  expect(await recorded("args")).not.toContain("kube");
});

test("nothing in the environment can send helm elsewhere; proxies and homes stay", async () => {
  const redirecting = {
    HELM_NAMESPACE: "other",
    HELM_KUBECONTEXT: "other",
    HELM_KUBEAPISERVER: "https://other",
    HELM_KUBETOKEN: "other",
    HELM_KUBEASUSER: "other",
    HELM_DEBUG: "true",
  };
  for (const [name, value] of Object.entries({
    ...redirecting,
    HTTPS_PROXY: "http://proxy:1",
    HELM_MAX_HISTORY: "3",
  })) {
    vi.stubEnv(name, value);
  }
  await upgradeRelease(await recorder(), target, request, signal);
  const env = await recorded("env");
  expect(Object.keys(redirecting).filter((name) => env.includes(`${name}=`))).toEqual([]);
  expect(env).toContain("HTTPS_PROXY=http://proxy:1");
  expect(env).toContain("HELM_MAX_HISTORY=3");
  expect(env).toMatch(/^HOME=/m);
});

test("an answer that is no release is told without quoting it", async () => {
  const helm = await recorder(4, 'Happy Helming! {"config": "hunter2"}');
  const failure = upgradeRelease(helm, target, request, signal);
  await expect(failure).rejects.toMatchObject({ code: "helm-failed", message: expect.not.stringContaining("hunter2") });
});

test("a chart is rendered for a cluster's version and APIs, without touching a cluster", async () => {
  const helm = await recorder(4, "kind: X");
  const chart = { name: "dicom", namespace: "pacs", chart: "/charts/dicom", values: { a: 1 } };
  const apiVersions = ["networking.istio.io/v1", "networking.istio.io/v1/Gateway"];
  const rendered = await renderChart(helm, { ...chart, kubeVersion: "v1.36.3", apiVersions, isUpgrade: true }, signal);
  expect(rendered).toBe("kind: X");
  expect((await recorded("args")).trimEnd().split("\n")).toEqual([
    "template",
    "dicom",
    "/charts/dicom",
    "--values=-",
    "--kube-version=v1.36.3",
    "--api-versions=networking.istio.io/v1",
    "--api-versions=networking.istio.io/v1/Gateway",
    "--is-upgrade",
    "--namespace",
    "pacs",
  ]);
});

test("a rollback and an uninstall name their release and namespace", async () => {
  const helm = await recorder(3, "");
  await rollbackRelease(helm, target, { name: "dicom", namespace: "pacs", revision: 3, timeoutMs: 1000 }, signal);
  expect(await recorded("args")).toMatch(
    /^rollback\ndicom\n3\n[\s\S]*--namespace\npacs\n[\s\S]*--kube-context\nkind-dev\n/,
  );
  await uninstallRelease(helm, target, { name: "dicom", namespace: "pacs", timeoutMs: 1000 }, signal);
  expect(await recorded("args")).toMatch(/^uninstall\ndicom\n--ignore-not-found\n[\s\S]*--namespace\npacs\n/);
});
