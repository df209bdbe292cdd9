import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { dicomEcho } from "../support/dicom-echo.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { httpsGet } from "../support/https-get.ts";
import { settle } from "../support/settle.ts";
import { openTestCluster, STACK_NAMESPACES, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";

const [FROM, TO] = ["1.30.5", "1.31.1"];
const HOST = "web.dicom.test";
const EVERY_MS = 100;

let cluster: TestCluster;
let folder: string;
let file: string;
let env: Readonly<Record<string, string>>;

const run = (...args: readonly string[]): Promise<CommandResult> =>
  flotilla([...args, "-c", file, ...cluster.flags, "-o", "json"], { env });

/** The quickstart with this Istio, and a gateway of two pods. */
async function writeStack(version: string): Promise<void> {
  const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
  const ours = example
    .replace("../../charts/dicom", join(packageRoot(), "charts", "dicom"))
    .replace("version: ~1.31.0", `version: ${version}\n  source: ${cluster.istioSource}`)
    .replace(
      "namespace: istio-ingress\n",
      "namespace: istio-ingress\n      values: { autoscaling: { enabled: false }, replicaCount: 2 }\n",
    );
  await writeFile(file, ours);
}

beforeAll(async () => {
  cluster = await openTestCluster();
  folder = await mkdtemp(join(tmpdir(), "upgrade-"));
  file = join(folder, "flotilla.yaml");
  env = { FLOTILLA_HELM: (await ensureTools(["helm4"], quietContext())).helm4 };
});

afterAll(async () => {
  await cluster.clean(...STACK_NAMESPACES);
  cluster.api.close();
  await rm(folder, { recursive: true, force: true });
});

/** Asks every 100 ms, whatever became of the question before, until it is told to stop. */
function load(ask: () => Promise<unknown>): () => Promise<{ asked: number; failures: readonly string[] }> {
  const begun = Date.now();
  const open = new Set<Promise<void>>();
  const failures: string[] = [];
  let asked = 0;
  const timer = setInterval(() => {
    asked += 1;
    const at = ((Date.now() - begun) / 1000).toFixed(1);
    const one = ask().then(
      () => {},
      (error: unknown) => void failures.push(`${at}s: ${error instanceof Error ? error.message : String(error)}`),
    );
    open.add(one);
    void one.finally(() => open.delete(one));
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    return { asked, failures };
  };
}

test(`an upgrade from ${FROM} to ${TO} under load fails no request and no association`, async () => {
  await writeStack(FROM);
  const installed = await run("up", "--yes");
  expect(installed.code, installed.stderr).toBe(0);
  const host = JSON.parse(installed.stdout).addresses[0].address as string;
  const secret = await cluster.api.get("/api/v1/namespaces/dicom/secrets/dicom-ca");
  const ca = Buffer.from(secret?.["data"]["tls.crt"], "base64").toString();
  const page = async (): Promise<void> => {
    const { status, body } = await httpsGet({ host, ca, servername: HOST, path: "/system" });
    if (status !== 401) throw new Error(`status ${status}: ${body}`);
  };
  const echo = async (): Promise<void> => {
    const { status } = await dicomEcho({ host, port: 11112, ca, servername: "dicom.test" });
    if (status !== 0) throw new Error(`status ${status}`);
  };
  // The gateway learns of the app's endpoints a moment after the cluster calls both ready.
  await settle(page, () => true);
  await settle(echo, () => true);

  await writeStack(TO);
  const locked = await run("lock", "--update");
  expect(locked.code, locked.stderr).toBe(0);
  const [pages, echoes] = [load(page), load(echo)];
  const upgraded = await run("up", "--yes", "--restart-gateways", "--verify");
  const [https, dicom] = [await pages(), await echoes()];
  console.log(
    `under load: ${https.asked} requests, ${https.failures.length} failed; ${dicom.asked} associations, ${dicom.failures.length} failed`,
  );
  expect(upgraded.code, upgraded.stderr + upgraded.stdout).toBe(0);
  expect({ https: https.failures, dicom: dicom.failures }).toEqual({ https: [], dicom: [] });
  expect(https.asked).toBeGreaterThan(50);

  const status = JSON.parse((await run("status")).stdout);
  expect(status.outdatedProxies).toEqual([]);
  const pods = await cluster.api.get("/api/v1/namespaces/istio-ingress/pods");
  const images = pods?.["items"]
    .filter(({ metadata }: { metadata: { deletionTimestamp?: string } }) => metadata.deletionTimestamp === undefined)
    .map((pod: { spec: { containers: { image: string }[] } }) => pod.spec.containers[0]?.image);
  expect(images.length).toBeGreaterThanOrEqual(2);
  expect(new Set(images)).toEqual(new Set([expect.stringMatching(/proxyv2:1\.31\.1/)]));
});
