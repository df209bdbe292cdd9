import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { installAsIstioctl } from "../support/istioctl-install.ts";
import { writeOldIstioCharts } from "../support/old-istio.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const exec = promisify(execFile);
/** Nothing answers behind istiod's webhooks in the sandbox. */
const NO_WEBHOOKS = "global.operatorManageWebhooks=true";
/** What Istio's installations are made of; nothing of this may be deleted or made anew. */
const PATHS = [
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  ...["istio-system", "istio-ingress"].flatMap((namespace) => [
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
    `/api/v1/namespaces/${namespace}/configmaps`,
    `/api/v1/namespaces/${namespace}/serviceaccounts`,
    `/api/v1/namespaces/${namespace}/services`,
  ]),
];
const ISTIOD = "/apis/apps/v1/namespaces/istio-system/deployments/istiod";

let sandbox: TestSandbox;
let folder: string;
let charts: string;
let old: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "takeover-"));
  charts = await packIstioCharts(quietContext());
  old = join(folder, "old");
  await writeOldIstioCharts(old);
}, 300_000);

afterAll(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe.each(["helm4", "helm3"] as const)("an Istio that is there is taken over by %s:", (tool) => {
  let binary: string;

  beforeAll(async () => {
    binary = (await ensureTools([tool], quietContext()))[tool];
  });

  beforeEach(async () => {
    await sandbox.reset();
    await rm(join(folder, "flotilla.lock"), { force: true });
  });

  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox", "--yes"], {
      env: { ...sandbox.env, FLOTILLA_HELM: binary },
    });
  const outcomes = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await run(...args, "-o", "json");
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout).releases.map(({ action, outcome }: KubeJson) => `${action} ${outcome}`);
  };
  const install = (name: string, chart: string, ...more: readonly string[]): Promise<unknown> =>
    exec(binary, ["install", name, chart, "--kubeconfig", sandbox.kubeconfig, "--create-namespace", ...more]);
  const stack = (more: object): Promise<void> =>
    writeFile(join(folder, "flotilla.yaml"), JSON.stringify({ apiVersion: "flotilla/v1", stack: "mesh", ...more }));
  const withIstio = async (version: string): Promise<void> => {
    await rm(join(folder, "flotilla.lock"), { force: true });
    await stack({
      istio: {
        version,
        source: charts,
        gateways: { "istio-ingressgateway": { role: "ingress", namespace: "istio-ingress" } },
      },
    });
  };
  /** Every object by its path, with its uid. */
  const everything = async (): Promise<ReadonlyMap<string, string>> => {
    const lists = await Promise.all(PATHS.map(async (path) => [path, await sandbox.api.get(path)] as const));
    return new Map(
      lists.flatMap(([path, list]) =>
        (list?.["items"] ?? []).map(({ metadata }: KubeJson) => [`${path}/${metadata.name}`, metadata.uid] as const),
      ),
    );
  };
  const lostOrRemade = async (before: ReadonlyMap<string, string>): Promise<readonly string[]> => {
    const after = await everything();
    return [...before].filter(([path, uid]) => after.get(path) !== uid).map(([path]) => path);
  };
  /** The next version goes through, although somebody else has had the fields that it changes. */
  const goesOn = async (): Promise<void> => {
    await withIstio("1.31.1");
    expect(await outcomes("up")).toEqual(Array(3).fill("upgrade ready"));
    const { metadata, spec } = (await sandbox.api.get(ISTIOD)) as KubeJson;
    expect(spec.template.spec.containers[0].image).toBe("docker.io/istio/pilot:1.31.1");
    const managers = metadata.managedFields.map(({ manager }: KubeJson) => manager);
    expect(managers.filter((manager: string) => manager !== "helm" && !manager.startsWith("kube-"))).toEqual([]);
  };

  test("one that istioctl has installed", async () => {
    await installAsIstioctl(sandbox, [
      { component: "Base", name: "istio", chart: join(charts, "base-1.30.5.tgz") },
      { component: "Pilot", name: "istio", chart: join(charts, "istiod-1.30.5.tgz"), set: [NO_WEBHOOKS] },
    ]);
    await withIstio("1.30.5");
    const before = await everything();
    expect(before.size).toBeGreaterThan(20);
    const refused = await run("up");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toMatch(/istioctl-objects[^]*--adopt/);
    expect(await lostOrRemade(before)).toEqual([]);
    expect(await outcomes("up", "--adopt")).toEqual(["adopt ready", "adopt ready", "install ready"]);
    expect(await lostOrRemade(before)).toEqual([]);
    expect(await outcomes("up")).toEqual(Array(3).fill("unchanged unchanged"));
    await goesOn();
    expect(await lostOrRemade(before)).toEqual([]);
  });

  test("one that plain Helm has installed", async () => {
    const ingress = ["--namespace", "istio-ingress"];
    await install("istio-base", join(charts, "base-1.30.5.tgz"), "--namespace", "istio-system");
    await install("istiod", join(charts, "istiod-1.30.5.tgz"), "--namespace", "istio-system", "--set", NO_WEBHOOKS);
    await install("istio-ingressgateway", join(charts, "gateway-1.30.5.tgz"), ...ingress);
    await withIstio("1.30.5");
    const before = await everything();
    const refused = await run("up");
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("--adopt")]);
    expect(await outcomes("up", "--adopt")).toEqual(Array(3).fill("adopt ready"));
    expect(await lostOrRemade(before)).toEqual([]);
    expect(await outcomes("up")).toEqual(Array(3).fill("unchanged unchanged"));
    await goesOn();
    expect(await lostOrRemade(before)).toEqual([]);
  });

  test("one of the 1.22 line, whose CRDs no Helm release owns; its base then goes on to charts that own theirs", async () => {
    await install("istio-base", join(old, "base"), "--namespace", "istio-system");
    await install("istiod", join(old, "istiod"), "--namespace", "istio-system", "--set", NO_WEBHOOKS);
    const istiod = { name: "istiod", namespace: "istio-system", chart: join(old, "istiod"), needs: ["istio-base"] };
    const values = [{ global: { operatorManageWebhooks: true } }];
    const releases = (base: object): object => ({
      releases: [
        { name: "istio-base", namespace: "istio-system", ...base },
        { ...istiod, values },
      ],
    });
    await stack(releases({ chart: join(old, "base") }));
    const before = await everything();
    expect([...before.keys()].filter((path) => path.endsWith(".istio.io")).length).toBeGreaterThan(10);
    expect(await outcomes("up", "--adopt")).toEqual(["adopt ready", "adopt ready"]);
    expect(await lostOrRemade(before)).toEqual([]);
    expect(await outcomes("up")).toEqual(Array(2).fill("unchanged unchanged"));
    const newer = { chart: { source: charts, name: "base" }, version: "1.31.1" };
    await stack(releases(newer));
    await rm(join(folder, "flotilla.lock"), { force: true });
    expect(await outcomes("up", "--adopt")).toEqual(["adopt ready", "unchanged unchanged"]);
    expect(await lostOrRemade(before)).toEqual([]);
    expect(await outcomes("up")).toEqual(Array(2).fill("unchanged unchanged"));
    // CRDs are kept, whoever owns them.
    expect((await run("down")).code).toBe(0);
    const crds = new Map([...before].filter(([path]) => path.includes("customresourcedefinitions")));
    expect(await lostOrRemade(crds)).toEqual([]);
  });
});
