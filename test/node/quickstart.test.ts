import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { makeAuthority } from "../support/certificates.ts";
import { dicomEcho } from "../support/dicom-echo.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { httpsGet } from "../support/https-get.ts";
import { witnessInjection, type WitnessedPod } from "../support/injection-witness.ts";
import { type RecordingHelm, recordingHelm } from "../support/recording-helm.ts";
import { settle } from "../support/settle.ts";
import { clusterWideNames, openTestCluster, STACK_NAMESPACES, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";

const RELEASES = ["istio-base", "istiod", "istio-ingressgateway", "istio-egressgateway", "dicom"];
const GATEWAYS = ["istio-ingress", "istio-egress"];
const HOST = "web.dicom.test";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await openTestCluster();
});

afterAll(() => cluster?.api.close());

describe.each(["helm4", "helm3"] as const)("the quickstart on real nodes with %s", (tool) => {
  let folder: string;
  let file: string;
  let helm: RecordingHelm;
  let before: readonly string[];
  let witnessed: readonly WitnessedPod[];
  let first: CommandResult;
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, ...cluster.flags, "-o", "json"], {
      env: { PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
  const secret = async (namespace: string, name: string, key: string): Promise<string> => {
    const found = await cluster.api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    return Buffer.from(found?.["data"][key] ?? "", "base64").toString();
  };
  const leftBehind = async (): Promise<readonly string[]> =>
    (await clusterWideNames(cluster.api)).filter((path) => !before.includes(path));
  const gateway = async () => {
    const { address } = JSON.parse(first.stdout).addresses[0];
    return { host: address as string, ca: await secret("dicom", "dicom-ca", "tls.crt") };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "quickstart-"));
    file = join(folder, "flotilla.yaml");
    const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
    const ours = example
      .replace("../../charts/dicom", join(packageRoot(), "charts", "dicom"))
      .replace("version: ~1.31.0", `version: ~1.31.0\n  source: ${cluster.istioSource}`);
    await writeFile(file, ours);
    helm = await recordingHelm((await ensureTools([tool], quietContext()))[tool], cluster.kubeconfig);
    before = await clusterWideNames(cluster.api);
    witnessed = witnessInjection(cluster.api, GATEWAYS);
    first = await run("up", "--yes");
  });

  afterAll(async () => {
    await cluster.clean(...STACK_NAMESPACES);
    await helm.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("comes up ready, at an address", () => {
    expect(first.stderr).not.toContain("error");
    const { outcome, releases, addresses } = JSON.parse(first.stdout);
    expect(releases).toEqual(
      RELEASES.map((name) => expect.objectContaining({ name, outcome: "ready", revisionAfter: 1, diagnosis: [] })),
    );
    expect(outcome).toBe("succeeded");
    expect(addresses).toEqual([expect.objectContaining({ release: "istio-ingressgateway" })]);
    expect(first.code).toBe(0);
  });

  test("creates gateway pods only when injection works, as seen from outside", () => {
    expect(new Set(witnessed.map(({ pod }) => pod.split("/")[0]))).toEqual(new Set(GATEWAYS));
    for (const pod of witnessed) {
      expect(pod).toMatchObject({ webhookSigned: true, istiodReady: true });
      expect(pod.images).toEqual([expect.stringMatching(/\/proxyv2:/)]);
    }
  });

  test("serves HTTPS through the gateway with the chart's own authority, to those who log in", async () => {
    const { host, ca } = await gateway();
    const password = await secret("dicom", "dicom-credentials", "orthanc-password");
    const target = { host, ca, servername: HOST, path: "/system" };
    const loggedIn = { ...target, auth: `admin:${password}` };
    expect(
      await settle(
        () => httpsGet(loggedIn),
        ({ status }) => status !== 503,
      ),
    ).toMatchObject({
      status: 200,
      body: expect.stringContaining('"DicomAet" : "ORTHANC"'),
    });
    expect(await httpsGet(target)).toMatchObject({ status: 401 });
  });

  test("answers C-ECHO over TLS, with SNI and without", async () => {
    const { host, ca } = await gateway();
    const target = { host, port: 11112, ca };
    const success = { status: 0, released: true };
    const named = { ...target, servername: "dicom.test" };
    expect(
      await settle(
        () => dicomEcho(named),
        ({ status }) => status === 0,
      ),
    ).toEqual(success);
    // An empty name sends no SNI; the certificate is checked against the name all the same.
    const silent = { ...target, servername: "", checkServerIdentity: () => undefined };
    expect(await dicomEcho(silent)).toEqual(success);
  });

  test("shows a certificate that no other authority has signed", async () => {
    const { host } = await gateway();
    const { caFile } = await makeAuthority(folder, "stranger");
    const ca = await readFile(caFile, "utf8");
    await expect(dicomEcho({ host, port: 11112, ca, servername: "dicom.test" })).rejects.toThrow(/certificate/);
  });

  test("run again, changes nothing and spawns no helm", async () => {
    await helm.clear();
    const again = await run("up", "--yes");
    expect(again.code).toBe(0);
    for (const release of JSON.parse(again.stdout).releases) {
      expect(release).toMatchObject({ outcome: "unchanged", revisionBefore: 1, revisionAfter: 1 });
    }
    expect(await helm.calls()).toEqual([]);
  });

  test("status finds it all ready", async () => {
    const { releases } = JSON.parse((await run("status")).stdout);
    expect(releases).toEqual(
      RELEASES.map((name) => expect.objectContaining({ name, ready: true, helmStatus: "deployed", diagnosis: [] })),
    );
  });

  test("down takes it away but for CRDs and namespaces", async () => {
    const removed = await run("down", "--yes");
    expect(removed.code, removed.stderr).toBe(0);
    const { releases } = JSON.parse(removed.stdout);
    expect(releases).toEqual(RELEASES.toReversed().map(() => expect.objectContaining({ outcome: "removed" })));
    const left = await leftBehind();
    expect(left.some((path) => path.endsWith(".istio.io"))).toBe(true);
    expect(left.filter((path) => !/\/(namespaces|customresourcedefinitions)\//.test(path))).toEqual([]);
  });

  test("up again, then down with all its flags leaves only flotilla's own namespace", async () => {
    expect(await run("up", "--yes")).toMatchObject({ code: 0 });
    const removed = await run("down", "--crds", "--namespaces", "--volumes", "--yes");
    expect(removed.code, removed.stderr).toBe(0);
    expect(await leftBehind()).toEqual(["/api/v1/namespaces/flotilla-system"]);
  });
});
