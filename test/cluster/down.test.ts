import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { writeObjectsChart } from "../support/objects-chart.ts";
import { type RecordingHelm, recordingHelm } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

describe.each(["helm4", "helm3"] as const)("down with %s", (tool) => {
  let folder: string;
  let file: string;
  let helm: RecordingHelm;
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, "--sandbox", "--yes", "-o", "json"], {
      env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
  const names = async (path: string): Promise<readonly string[]> =>
    ((await sandbox.api.get(path))?.["items"] ?? []).map(
      ({ metadata }: { metadata: { name: string } }) => metadata.name,
    );

  beforeAll(async () => {
    await sandbox.reset();
    folder = await mkdtemp(join(tmpdir(), "down-"));
    file = join(folder, "flotilla.yaml");
    await writeFile(
      file,
      `apiVersion: flotilla/v1
stack: leaving
istio:
  version: 1.31.1
  gateways:
    istio-ingressgateway: { role: ingress, namespace: istio-ingress }
    istio-egressgateway: { role: egress, namespace: istio-egress }
`,
    );
    helm = await recordingHelm((await ensureTools([tool], quietContext()))[tool], sandbox.kubeconfig);
    expect((await run("up")).code).toBe(0);
  });

  afterAll(async () => {
    await helm.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("uninstalls in reverse order, waits for finalizers, leaves the CRDs", async () => {
    const crds = await names(CRDS);
    const service = "/api/v1/namespaces/istio-ingress/services/istio-ingressgateway";
    await sandbox.api.send(
      "PATCH",
      service,
      { metadata: { finalizers: ["example.com/load-balancer"] } },
      "application/merge-patch+json",
    );
    await helm.clear();
    const down = startFlotilla(["down", "-c", file, "--sandbox", "--yes", "-o", "ndjson"], {
      env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
    // It says what holds it up; then the hold is taken away.
    const held = await new Promise<string>((resolve) => {
      down.child.stdout?.on("data", (chunk: Buffer) => {
        const line = chunk
          .toString()
          .split("\n")
          .find((each) => each.includes("example.com/load-balancer"));
        if (line) resolve(line);
      });
    });
    expect(held).toContain("Service istio-ingressgateway");
    const uninstalled = (await helm.calls()).map(({ args }) => args[1]);
    expect(uninstalled).not.toContain("istiod");
    await sandbox.api.send("PATCH", service, { metadata: { finalizers: null } }, "application/merge-patch+json");
    expect((await down.done).code).toBe(0);

    const calls = (await helm.calls()).filter(({ args }) => args[0] === "uninstall");
    expect(calls.map(({ args }) => args[1]).slice(-2)).toEqual(["istiod", "istio-base"]);
    expect(calls).toHaveLength(4);
    expect(await names(CRDS)).toEqual(crds);
    expect(await names("/api/v1/services?labelSelector=app.kubernetes.io/managed-by=Helm")).toEqual([]);
    expect(await names("/api/v1/secrets?labelSelector=owner=helm")).toEqual([]);
  });

  test("run again, there is nothing to do and no helm is asked", async () => {
    await helm.clear();
    const again = await run("down");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).releases).toEqual([]);
    expect(await helm.calls()).toEqual([]);
  });

  test("--crds and --namespaces take those along, and the stack's record with the last of them", async () => {
    expect((await run("up")).code).toBe(0);
    const down = await run("down", "--crds", "--namespaces");
    expect(down.stderr).not.toContain("error");
    expect(down.code).toBe(0);
    expect((await names(CRDS)).filter((name) => name.endsWith("istio.io"))).toEqual([]);
    expect((await names("/api/v1/namespaces")).filter((name) => name.startsWith("istio"))).toEqual([]);
    expect(await names("/api/v1/namespaces/flotilla-system/secrets")).toEqual([]);
    expect(await names("/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases")).toEqual([]);
  });
});

describe("down is refused, and nothing is removed,", () => {
  let folder: string;
  let file: string;
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, "--sandbox", "--yes"], { env: sandbox.env });
  const releases = async (): Promise<number> =>
    (await sandbox.api.get("/api/v1/secrets?labelSelector=owner=helm"))?.["items"].length ?? 0;
  const virtualService = { apiVersion: "networking.istio.io/v1", kind: "VirtualService" };
  const route = { hosts: ["shop.example"], http: [{ route: [{ destination: { host: "shop" } }] }] };
  const OTHERS = "/api/v1/namespaces/others";
  const MAP = "/api/v1/namespaces/shop/configmaps";
  const ROUTES = "/apis/networking.istio.io/v1/namespaces/others/virtualservices";

  beforeAll(async () => {
    await sandbox.reset();
    folder = await mkdtemp(join(tmpdir(), "down-refused-"));
    file = join(folder, "flotilla.yaml");
    const metadata = { name: "db" };
    const matchLabels = { "app.kubernetes.io/instance": "shop" };
    const template = { metadata: { labels: matchLabels }, spec: { containers: [{ name: "db", image: "db:1" }] } };
    const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    const objects = [
      { ...virtualService, metadata, spec: route },
      {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata,
        spec: {
          serviceName: "db",
          selector: { matchLabels },
          template,
          volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
        },
      },
    ];
    await writeObjectsChart(folder);
    const shop = { name: "shop", namespace: "shop", chart: "./objects", needs: ["istiod"], values: [{ objects }] };
    const stack = {
      apiVersion: "flotilla/v1",
      stack: "refused",
      istio: { version: "1.31.1" },
      releases: [{ ...shop, wait: false }],
    };
    await writeFile(file, JSON.stringify(stack));
    const up = await run("up");
    expect(up.code, up.stderr).toBe(0);
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "others" } });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("while custom resources and proxies of others need it", async () => {
    await sandbox.api.send("POST", ROUTES, { ...virtualService, metadata: { name: "web" }, spec: route });
    const annotations = { "sidecar.istio.io/status": JSON.stringify({ revision: "default" }) };
    const spec = { containers: [{ name: "web", image: "web:1" }] };
    await sandbox.api.send("POST", `${OTHERS}/pods`, { metadata: { name: "web", annotations }, spec });
    const before = await releases();
    const plain = await run("down");
    expect([plain.code, plain.stdout]).toEqual([4, ""]);
    expect(plain.stderr).toContain("2 things keep the stack refused from being removed. Nothing was removed.");
    expect(plain.stderr).toMatch(/custom-resources-orphaned .*VirtualService others\/web any more, and it is not part/);
    expect(plain.stderr).toMatch(/proxies-orphaned .*Pod others\/web/);
    const crds = await run("down", "--crds", "-o", "json");
    expect(crds.code).toBe(4);
    expect(crds.stderr).toMatch(/custom-resources-lost.*VirtualService others\/web would be deleted/);
    expect(crds.stderr).not.toContain("shop/db");
    expect(await releases()).toBe(before);
    // A stack file without Istio, which --prune would then take away: wanted, and so said only.
    const without = join(folder, "without.yaml");
    const releasesLeft = [{ name: "shop", namespace: "shop", chart: "./objects", wait: false }];
    await writeFile(without, JSON.stringify({ apiVersion: "flotilla/v1", stack: "refused", releases: releasesLeft }));
    const pruned = await flotilla(["plan", "--prune", "-c", without, "--sandbox", "-o", "json"], { env: sandbox.env });
    expect(JSON.parse(pruned.stdout).notes, pruned.stderr).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^--prune: Nothing would act on VirtualService others\/web any more/),
        expect.stringMatching(/^--prune: The proxies of Pod others\/web would be without their istiod/),
      ]),
    );
    await sandbox.api.send("DELETE", `${ROUTES}/web`);
    await sandbox.api.send("DELETE", `${OTHERS}/pods/web?gracePeriodSeconds=0`);
  });

  test("with --namespaces while something else, or data, is in one that would go", async () => {
    await sandbox.api.send("POST", MAP, { metadata: { name: "notes" } });
    const before = await releases();
    const inUse = await run("down", "--namespaces");
    expect(inUse.code).toBe(4);
    expect(inUse.stderr).toMatch(/namespace-in-use .*ConfigMap shop\/notes would be deleted with namespace shop/);
    expect(inUse.stderr).toMatch(/volumes-in-namespace .*PersistentVolumeClaim shop\/data-db-0/);
    expect(inUse.stderr).toContain("2 things keep");
    await sandbox.api.send("DELETE", `${MAP}/notes`);
    expect((await run("down", "--namespaces")).code).toBe(4);
    expect(await releases()).toBe(before);
  });

  test("until nobody needs it; what an earlier down has left behind goes with a later one", async () => {
    const down = await run("down");
    expect(down.code, down.stderr).toBe(0);
    expect(await releases()).toBe(0);
    const claims = "/api/v1/namespaces/shop/persistentvolumeclaims";
    expect((await sandbox.api.get(claims))?.["items"]).toHaveLength(1);
    expect((await run("down", "--crds", "--namespaces", "--volumes")).code).toBe(0);
    const left = (await sandbox.api.get(CRDS))?.["items"] ?? [];
    expect(left.filter((crd: { metadata: { name: string } }) => crd.metadata.name.endsWith(".istio.io"))).toEqual([]);
    const namespaces = await Promise.all(
      ["shop", "istio-system"].map((name) => sandbox.api.get(`/api/v1/namespaces/${name}`)),
    );
    expect(namespaces).toEqual([null, null]);
  });
});
