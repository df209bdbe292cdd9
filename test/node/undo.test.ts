import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { dicomEcho } from "../support/dicom-echo.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { httpsGet } from "../support/https-get.ts";
import { liveObjects, proxyImages } from "../support/live-objects.ts";
import { settle } from "../support/settle.ts";
import { clusterWideNames, openTestCluster, STACK_NAMESPACES, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";

const RELEASES = ["istio-base", "istiod", "istio-ingressgateway", "istio-egressgateway", "dicom"];
const NAMESPACES = STACK_NAMESPACES.filter((name) => name !== "flotilla-system");
const OLD = "1.30.5";
const NEW = "1.31.1";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await openTestCluster();
});

afterAll(() => cluster?.api.close());

describe.each(["helm4", "helm3"] as const)("undo on real nodes with %s", (tool) => {
  let folder: string;
  let file: string;
  let helm: string;
  let before: Readonly<Record<string, unknown>>;
  let proxies: readonly string[];
  let address: string;

  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, ...cluster.flags, "-o", "json"], { env: { FLOTILLA_HELM: helm } });
  const secret = async (name: string, key: string): Promise<string> => {
    const found = await cluster.api.get(`/api/v1/namespaces/dicom/secrets/${name}`);
    return Buffer.from(found?.["data"][key] ?? "", "base64").toString();
  };
  /** @param broken the gateway that lets in asks for a proxy that no registry can have */
  const write = async (version: string, broken = false): Promise<void> => {
    const ingress = broken
      ? { podAnnotations: { "sidecar.istio.io/proxyImage": "docker.io/istio/No-Such-Proxy:1" } }
      : {};
    const stack = {
      apiVersion: "flotilla/v1",
      stack: "undo",
      namespaces: { dicom: { labels: { "istio-injection": "enabled" } } },
      istio: {
        version,
        source: cluster.istioSource,
        gateways: {
          "istio-ingressgateway": {
            role: "ingress",
            namespace: "istio-ingress",
            ports: [{ name: "dicom-tls", port: 11112 }],
            values: ingress,
          },
          "istio-egressgateway": { role: "egress", namespace: "istio-egress" },
        },
      },
      releases: [
        {
          name: "dicom",
          namespace: "dicom",
          chart: join(packageRoot(), "charts", "dicom"),
          needs: ["istio-ingressgateway", "istio-egressgateway"],
          values: [{ routing: { web: { host: "web.dicom.test" } }, postgres: { persistence: { enabled: false } } }],
        },
      ],
      defaults: { timeout: "150s" },
    };
    await writeFile(file, JSON.stringify(stack));
    // It pins the other Istio.
    await rm(join(folder, "flotilla.lock"), { force: true });
  };
  const answers = async (): Promise<void> => {
    const ca = await secret("dicom-ca", "tls.crt");
    const auth = `admin:${await secret("dicom-credentials", "orthanc-password")}`;
    const target = { host: address, ca, servername: "web.dicom.test", path: "/system", auth };
    const page = await settle(
      () => httpsGet(target),
      ({ status }) => status === 200,
    );
    expect(page).toMatchObject({ status: 200 });
    const echo = await settle(
      () => dicomEcho({ host: address, port: 11112, ca, servername: "dicom.test" }),
      ({ status }) => status === 0,
    );
    expect(echo).toEqual({ status: 0, released: true });
  };
  const isAsBefore = async (): Promise<void> => {
    expect(await proxyImages(cluster.api, NAMESPACES)).toEqual(proxies);
    expect(await liveObjects(cluster.api, NAMESPACES)).toEqual(before);
    await answers();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undo-"));
    file = join(folder, "flotilla.yaml");
    helm = (await ensureTools([tool], quietContext()))[tool];
  });

  afterAll(async () => {
    await cluster.clean(...STACK_NAMESPACES);
    await rm(folder, { recursive: true, force: true });
  });

  test("a first install that fails leaves nothing but what is named", async () => {
    const names = await clusterWideNames(cluster.api);
    await write(OLD, true);
    const failed = await run("up", "--yes", "--on-failure", "rollback");
    expect(failed.code, failed.stderr).toBe(1);
    const { outcome, releases } = JSON.parse(failed.stdout);
    expect(outcome, failed.stderr).toBe("rolled-back");
    expect(releases[2].diagnosis, failed.stderr).toEqual([expect.objectContaining({ code: "image-pull" })]);
    const left = (await clusterWideNames(cluster.api)).filter((path) => !names.includes(path));
    for (const path of left) {
      const name = path.split("/").at(-1) ?? "";
      const isNamed = path.includes("customresourcedefinitions")
        ? failed.stderr.includes("CustomResourceDefinition")
        : failed.stderr.includes(name) || name === "flotilla-system";
      expect([path, isNamed]).toEqual([path, true]);
    }
    const objects = Object.keys(await liveObjects(cluster.api, NAMESPACES));
    const ownMaking =
      /kube-root-ca.crt$|istio-ca-|serviceaccounts\/default$|configmaps\/istio-|customresourcedefinitions/;
    expect(objects.filter((path) => !ownMaking.test(path))).toEqual([]);
  });

  test("an upgrade whose third release fails is taken back whole", async () => {
    await write(OLD);
    const first = await run("up", "--yes");
    expect(first.code, first.stderr).toBe(0);
    address = JSON.parse(first.stdout).addresses[0].address;
    before = await liveObjects(cluster.api, NAMESPACES);
    proxies = await proxyImages(cluster.api, NAMESPACES);
    expect(proxies.length).toBeGreaterThan(2);
    expect(proxies.every((image) => image.endsWith(`:${OLD}`))).toBe(true);
    await answers();
    await write(NEW, true);
    const failed = await run("up", "--yes", "--on-failure", "rollback");
    expect(failed.code, failed.stderr).toBe(1);
    const { outcome, releases } = JSON.parse(failed.stdout);
    expect(outcome, failed.stderr).toBe("rolled-back");
    expect(releases.slice(0, 3), failed.stderr).toEqual(
      RELEASES.slice(0, 3).map((name) => expect.objectContaining({ name, outcome: "rolled-back" })),
    );
    await isAsBefore();
  });

  test("a whole upgrade is taken back later, by its run", async () => {
    await write(NEW);
    const upgraded = await run("up", "--yes");
    expect(upgraded.code, upgraded.stderr).toBe(0);
    const gateways = await proxyImages(cluster.api, ["istio-ingress", "istio-egress"]);
    expect(gateways.every((image) => image.endsWith(`:${NEW}`))).toBe(true);
    await answers();
    const undone = await run("rollback", JSON.parse(upgraded.stdout).run, "--yes");
    expect(undone.code, undone.stderr).toBe(0);
    await isAsBefore();
    await write(OLD);
    const again = JSON.parse((await run("up", "--yes")).stdout);
    expect(again.releases.map(({ outcome }: KubeJson) => outcome)).toEqual(RELEASES.map(() => "unchanged"));
  });
});
