import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { addonCharts } from "../support/addon-charts.ts";
import { type AddonStandIns, addonStandIns } from "../support/addon-stand-ins.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { type RecordingHelm, recordingHelm, upgradeCall } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const EXAMPLE = join(packageRoot(), "examples", "korthweb");

/** What of the example its add-ons and what is behind them are. */
const OURS = ["metallb", "cert-manager", "issuers"];

let sandbox: TestSandbox;
let folder: string;
let file: string;
let charts: string;
let standIns: AddonStandIns;
let tools: Readonly<Record<"helm3" | "helm4", string>>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  tools = await ensureTools(["helm3", "helm4"], quietContext());
  charts = await addonCharts();
  folder = await mkdtemp(join(tmpdir(), "addons-"));
  await cp(EXAMPLE, folder, { recursive: true });
  file = join(folder, "flotilla.yaml");
  const stack = parse(await readFile(file, "utf8")) as KubeJson;
  const { istio: _istio, releases, environments, ...rest } = stack;
  const addons = releases
    .filter(({ name }: KubeJson) => OURS.includes(name))
    .map((release: KubeJson) =>
      release["chart"] === undefined ? release : { ...release, chart: { ...release["chart"], source: charts } },
    );
  // Istio and the hospitals behind it have tests of their own.
  const { values: _values, ...minikube } = environments.minikube;
  const here = { minikube: { ...minikube, context: sandbox.context } };
  await writeFile(file, stringify({ ...rest, environments: here, releases: addons, defaults: { timeout: "90s" } }));
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The sandbox as Minikube's nodes would show themselves. */
async function asMinikube(): Promise<readonly string[]> {
  const nodes = await sandbox.api.get("/api/v1/nodes");
  const marks = { labels: { "minikube.k8s.io/name": "minikube" }, annotations: { "kwok.x-k8s.io/node": null } };
  for (const { metadata } of nodes?.["items"] ?? []) {
    const path = `/api/v1/nodes/${metadata.name}`;
    await sandbox.api.send("PATCH", path, { metadata: marks }, "application/merge-patch+json");
  }
  return (nodes?.["items"] ?? []).flatMap(({ status }: KubeJson) =>
    status.addresses.filter(({ type }: KubeJson) => type === "InternalIP").map(({ address }: KubeJson) => address),
  );
}

beforeEach(async () => {
  await sandbox.reset();
  standIns = await addonStandIns(sandbox.api, folder);
  return () => standIns.close();
});

const flags = (): readonly string[] => ["-c", file, "--kubeconfig", sandbox.kubeconfig];

describe.each(["helm4", "helm3"] as const)("add-ons on Minikube with %s", (tool) => {
  let helm: RecordingHelm;
  let nodes: readonly string[];

  beforeEach(async () => {
    nodes = await asMinikube();
    helm = await recordingHelm(tools[tool], sandbox.kubeconfig);
    return () => helm.remove();
  });

  test("come up by themselves; pool and issuers wait for kinds that are served and webhooks that answer", async () => {
    standIns.sign();
    const run = startFlotilla(["up", ...flags(), "--yes", "-o", "ndjson"], {
      env: { PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
    let output = "";
    run.child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const certified = (release: string): boolean =>
      new RegExp(`"step":"release/${release}".*certificate authority in webhook`).test(output);
    expect(await until(() => ["metallb", "cert-manager"].every(certified), 60_000), output).toBe(true);
    await standIns.certify();
    const awaits = (gate: string): boolean =>
      new RegExp(`"type":"step-progress".*"step":"${gate}".*webhook \\S+ to answer`).test(output);
    const gates = ["gate/validation/metallb", "gate/validation/cert-manager"];
    expect(await until(() => gates.every(awaits), 60_000), output).toBe(true);
    const started = (await helm.calls()).flatMap(({ args }) => (args[0] === "upgrade" ? (args[1] ?? []) : []));
    expect(started.toSorted()).toEqual(["cert-manager", "metallb"]);
    await standIns.answer();
    const { code, stderr } = await run.done;
    expect(code, stderr).toBe(0);

    const calls = await helm.calls();
    for (const [release, needed] of [
      ["metallb-pool", "metallb"],
      ["issuers", "cert-manager"],
    ] as const) {
      const { before, startedAt } = upgradeCall(calls, release);
      expect(before.establishedCrds).toBe(before.crds);
      expect(startedAt).toBeGreaterThan(upgradeCall(calls, needed).endedAt ?? Number.POSITIVE_INFINITY);
    }
    // What a gate tries is refused, and only then comes what it lets through.
    const pools = standIns.asked().filter((each) => each.startsWith("IPAddressPool"));
    expect(pools[0]).toBe("IPAddressPool flotilla-invalid-pool");
    expect(pools).toContain("IPAddressPool metallb-pool");
    expect(standIns.asked()).toContain("Issuer flotilla-invalid-issuer");
    expect(standIns.asked()).toContain("ClusterIssuer korthweb-ca");

    const pool = await sandbox.api.get(
      "/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools/metallb-pool",
    );
    const [range = ""]: readonly string[] = pool?.["spec"].addresses ?? [];
    const [first = "", last = ""] = range.split("-");
    const subnet = (address: string): string => address.slice(0, address.lastIndexOf("."));
    const host = (address: string): number => Number(address.slice(address.lastIndexOf(".") + 1));
    expect(new Set([first, last].map(subnet))).toEqual(new Set([subnet(nodes[0] ?? "")]));
    for (const node of nodes) expect(host(node) < host(first) || host(node) > host(last)).toBe(true);

    await standIns.leave();
    const again = await flotilla(["up", ...flags(), "--yes", "-o", "json"], { env: { FLOTILLA_HELM: tools[tool] } });
    expect(JSON.parse(again.stdout).releases.map(({ outcome }: KubeJson) => outcome)).toEqual(
      Array(4).fill("unchanged"),
    );
  });

  test("that others have installed are left to them, and what needs them goes on", async () => {
    standIns.sign();
    const install = ["install", "their-cert-manager", join(charts, "cert-manager-1.21.2.tgz"), "-n", "pki"];
    const values = ["--create-namespace", "--set", "crds.enabled=true,startupapicheck.enabled=false"];
    await promisify(execFile)(tools[tool], [...install, ...values, "--kubeconfig", sandbox.kubeconfig]);
    await standIns.answer();
    const env = { FLOTILLA_HELM: tools[tool] };
    const only = ["--only", "issuers"];
    const planned = JSON.parse((await flotilla(["plan", ...flags(), ...only, "-o", "json"], { env })).stdout);
    expect(planned.steps.map(({ id }: KubeJson) => id)).toEqual(["namespace/cert-manager", "release/issuers"]);
    const text: CommandResult = await flotilla(["plan", ...flags()], { env });
    expect(text.stdout).toMatch(/cert-manager is there already, by other hands \(Deployment pki\/their-cert-manager/);
    const run = await flotilla(["up", ...flags(), ...only, "--yes", "-o", "json"], { env });
    expect(run.code, run.stderr + run.stdout).toBe(0);
    expect(JSON.parse(run.stdout).releases).toEqual([expect.objectContaining({ name: "issuers", outcome: "ready" })]);
    const status = JSON.parse((await flotilla(["status", ...flags(), "-o", "json"], { env })).stdout);
    expect(status.releases.map(({ name }: KubeJson) => name)).toEqual(["metallb", "issuers", "metallb-pool"]);
  });
});

test("Minikube's own MetalLB is too old for a pool: refused before anything is touched, with what to do", async () => {
  await asMinikube();
  const labels = { app: "metallb", component: "controller" };
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "metallb-system" } });
  await sandbox.api.send("POST", "/apis/apps/v1/namespaces/metallb-system/deployments", {
    metadata: { name: "controller", labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "controller", image: "metallb/controller:v0.9.6" }] },
      },
    },
  });
  const { code, stderr } = await flotilla(["up", ...flags(), "--yes"], { env: { FLOTILLA_HELM: tools.helm4 } });
  expect(code).toBe(4);
  expect(stderr).toContain("Deployment metallb-system/controller");
  expect(stderr).toContain("minikube addons disable metallb");
  expect(await sandbox.api.get("/api/v1/namespaces/cert-manager")).toBeNull();
});
