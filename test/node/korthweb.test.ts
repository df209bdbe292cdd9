import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { makeAuthority } from "../support/certificates.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { dicomEcho } from "../support/dicom-echo.ts";
import { type DicomOutcome, runDicomClient } from "../support/dicom-client-pod.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { httpsGet } from "../support/https-get.ts";
import { settle } from "../support/settle.ts";
import { openTestCluster, STACK_NAMESPACES, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const TENANTS = [
  ["north", 11112],
  ["south", 11113],
] as const;

/** Their images cannot be had on the real node: the chart signs its certificates itself then. */
const WITHOUT = ["metallb", "cert-manager", "issuers"];

/** Where the images are ours, Orthanc's has dcmtk, but no Python for the chart's own test. */
const IMAGES_ARE_OURS = process.env["FLOTILLA_TEST_IMAGE_LAYOUT"] !== undefined;
const TEST_IMAGE = IMAGES_ARE_OURS ? { tests: { image: { repository: "docker.io/library/echo", tag: "local" } } } : {};

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await openTestCluster();
});

afterAll(() => cluster?.api.close());

describe.each(["helm4", "helm3"] as const)("two hospitals in the mesh, on real nodes with %s", (tool) => {
  let folder: string;
  let file: string;
  let helm: string;
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, ...cluster.flags, "-o", "json"], { env: { FLOTILLA_HELM: helm } });
  const get = async (path: string): Promise<KubeJson> => (await cluster.api.get(`/api/v1/namespaces/${path}`)) ?? {};
  const secret = async (path: string, key: string): Promise<string> =>
    Buffer.from((await get(path))["data"]?.[key] ?? "", "base64").toString();
  const address = async (): Promise<string> => {
    const { ingress } = (await get("istio-ingress/services/istio-ingressgateway"))["status"].loadBalancer;
    return ingress[0].ip ?? ingress[0].hostname;
  };
  /** What a browser of a tenant's staff would get. */
  const page = async (tenant: string, path: string): Promise<{ status: number; body: string }> => {
    const [host, ca, password] = await Promise.all([
      address(),
      secret(`istio-ingress/secrets/${tenant}-${tenant}-tls`, "ca.crt"),
      secret(`${tenant}/secrets/${tenant}-credentials`, "orthanc-password"),
    ]);
    const target = { host, ca, servername: `${tenant}.dicom.test`, path, auth: `admin:${password}` };
    return settle(
      () => httpsGet(target),
      ({ status }) => status !== 503,
      60_000,
    );
  };
  const images = async (tenant: string): Promise<number> =>
    JSON.parse((await page(tenant, "/statistics")).body).CountInstances;
  /** What an upgrade must not touch. */
  const kept = async (tenant: string) => ({
    credentials: (await get(`${tenant}/secrets/${tenant}-credentials`))["data"],
    authority: (await get(`${tenant}/secrets/${tenant}-ca`))["data"],
    certificate: (await get(`istio-ingress/secrets/${tenant}-${tenant}-tls`))["data"],
    claim: (await get(`${tenant}/persistentvolumeclaims/${tenant}-postgres`))["metadata"]?.uid,
  });

  beforeAll(async () => {
    ({ [tool]: helm } = await ensureTools([tool], quietContext()));
    folder = await mkdtemp(join(tmpdir(), "korthweb-"));
    file = join(folder, "flotilla.yaml");
    const example = join(packageRoot(), "examples", "korthweb");
    await cp(example, folder, { recursive: true });
    const {
      environments: _environments,
      istio,
      releases,
      ...rest
    } = parse(await readFile(join(example, "flotilla.yaml"), "utf8")) as KubeJson;
    const ours = releases
      .filter(({ name }: KubeJson) => !WITHOUT.includes(name))
      .map(({ needs, values, ...release }: KubeJson) => ({
        ...release,
        chart: join(packageRoot(), "charts", "dicom"),
        needs: needs.filter((need: string) => !WITHOUT.includes(need)),
        values: [...values, { routing: { tls: { certManager: { enabled: false } } }, ...TEST_IMAGE }],
      }));
    await writeFile(file, stringify({ ...rest, istio: { ...istio, source: cluster.istioSource }, releases: ours }));
  });

  afterAll(async () => {
    await cluster.clean("north", "south", "metallb-system", ...STACK_NAMESPACES);
    await rm(folder, { recursive: true, force: true });
  });

  test("come up from an empty cluster, and answer each on its own port and name", async () => {
    const { code, stdout, stderr } = await run("up", "--yes");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).releases.map(({ outcome }: KubeJson) => outcome)).toEqual(Array(6).fill("ready"));
    for (const [tenant, port] of TENANTS) {
      expect(await page(tenant, "/system")).toMatchObject({
        status: 200,
        body: expect.stringContaining(`"DicomAet" : "${tenant.toUpperCase()}"`),
      });
      const ca = await secret(`istio-ingress/secrets/${tenant}-${tenant}-tls`, "ca.crt");
      const target = { host: await address(), port, ca, servername: `${tenant}-dicom.dicom.test` };
      const answer = await settle(
        () => dicomEcho(target, tenant.toUpperCase()),
        ({ status }) => status === 0,
      );
      expect(answer).toEqual({ status: 0, released: true });
    }
  });

  test("every pod of theirs is in the mesh", async () => {
    for (const [tenant] of TENANTS) {
      for (const { spec } of (await get(`${tenant}/pods`))["items"]) {
        const containers = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }: KubeJson) => name);
        expect(containers).toContain("istio-proxy");
      }
    }
  });

  test("the chart's own test passes", async () => {
    const args = ["test", "north", "--namespace", "north", "--kubeconfig", cluster.kubeconfig];
    const { stdout } = await promisify(execFile)(helm, args);
    expect(stdout).toMatch(/Phase: +Succeeded/);
  });

  if (IMAGES_ARE_OURS) {
    describe("dcmtk, from a pod outside the mesh", () => {
      let outcome: DicomOutcome;

      beforeAll(async () => {
        const { caFile } = await makeAuthority(folder, "stranger");
        outcome = await runDicomClient(cluster.api, {
          namespace: "istio-ingress",
          secret: "north-north-tls",
          aeTitle: "NORTH",
          gateway: ["istio-ingressgateway", 11112],
          stranger: await readFile(caFile, "utf8"),
          plainUrl: "http://north-orthanc.north:8042/system",
        });
      });

      test("echoes and stores over TLS, and what it stored is there", async () => {
        expect(outcome).toMatchObject({ echo: 0, store: 0 });
        expect(await images("north")).toBe(1);
        expect(await images("south")).toBe(0);
      });

      test("is refused in plain text, and refuses an authority that has not signed", () => {
        expect(outcome.plainEcho).not.toBe(0);
        expect(outcome.strangerEcho).not.toBe(0);
      });

      test("gets no answer to plain HTTP behind the gateway: mutual TLS is strict", () => {
        expect(outcome.plainStatus).toBe("000");
      });
    });

    test("data, passwords, authority and volume outlive an upgrade and a pod's end", async () => {
      const before = await kept("north");
      expect(Object.values(before)).not.toContain(undefined);
      const upgraded = await run("up", "--yes", "--set", "north.orthanc.config.StableAge=30");
      expect(upgraded.code, upgraded.stderr).toBe(0);
      const changed = JSON.parse(upgraded.stdout).releases.filter(({ outcome }: KubeJson) => outcome === "ready");
      expect(changed.map(({ name }: KubeJson) => name)).toEqual(["north"]);
      expect(await images("north")).toBe(1);

      const [pod] = (await get("north/pods"))["items"].filter(({ metadata }: KubeJson) =>
        metadata.name.startsWith("north-postgres"),
      );
      const path = `/api/v1/namespaces/north/pods/${pod.metadata.name}`;
      await cluster.api.send("DELETE", path);
      const isNew = async (): Promise<boolean> => {
        const again = await cluster.api.get(path);
        const { conditions = [] } = again?.["status"] ?? {};
        const ready = conditions.some(({ type, status }: KubeJson) => type === "Ready" && status === "True");
        return again !== null && again["metadata"].uid !== pod.metadata.uid && ready;
      };
      expect(await until(isNew, 120_000)).toBe(true);
      expect(
        await settle(
          () => images("north"),
          (count) => count === 1,
          90_000,
        ),
      ).toBe(1);
      expect(await kept("north")).toEqual(before);
    });

    test("down leaves the volumes; another up finds all that was stored", async () => {
      const before = await kept("north");
      expect((await run("down", "--yes")).code).toBe(0);
      expect(
        (await get("north/pods"))["items"].filter(({ metadata }: KubeJson) => !metadata.deletionTimestamp),
      ).toEqual([]);
      expect((await get("north/persistentvolumeclaims/north-postgres"))["metadata"].uid).toBe(before.claim);
      const { code, stderr } = await run("up", "--yes");
      expect(code, stderr).toBe(0);
      expect(
        await settle(
          () => images("north"),
          (count) => count === 1,
          60_000,
        ),
      ).toBe(1);
    });
  }

  test("down --volumes takes the volumes as well", async () => {
    expect((await run("down", "--yes", "--volumes")).code).toBe(0);
    for (const [tenant] of TENANTS) {
      const gone = async (): Promise<boolean> =>
        (await cluster.api.get(`/api/v1/namespaces/${tenant}/persistentvolumeclaims/${tenant}-postgres`)) === null;
      expect(await until(gone, 30_000)).toBe(true);
    }
  });
});
