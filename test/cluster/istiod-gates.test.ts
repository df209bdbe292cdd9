import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type RunningCommand, startFlotilla } from "../support/flotilla.ts";
import { type IstiodProcess, istiodProcess } from "../support/istiod-process.ts";
import { type RecordingHelm, recordingHelm, upgradeCall } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

/** The real istiod as a process beside the sandbox: real webhooks, real injection; pods are simulated. */
let sandbox: TestSandbox;
let istiod: IstiodProcess;
let helm: RecordingHelm;
let folder: string;
let newest: Up | null = null;

const GATEWAYS = ["ingress", "egress"];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  istiod = await istiodProcess(sandbox.kubeconfig);
  helm = await recordingHelm((await ensureTools(["helm4"], quietContext())).helm4, sandbox.kubeconfig);
  folder = await mkdtemp(join(tmpdir(), "istiod-gates-"));
}, 900_000);

afterAll(async () => {
  await istiod?.stop();
  await helm?.remove();
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

// A test that failed half-way leaves no run behind that holds the lock, and istiod as the next one expects it.
afterEach(async () => {
  newest?.child.kill("SIGINT");
  await newest?.done;
  await istiod.start();
});

/** A stack with istiod's real webhooks. */
async function stackFile(change: object = {}, gateways: Record<string, object> = {}): Promise<string> {
  const file = join(folder, "flotilla.yaml");
  const stack = {
    apiVersion: "flotilla/v1",
    stack: "gates",
    istio: {
      version: "~1.31.0",
      source: sandbox.istioSource,
      values: istiod.values,
      gateways: {
        ingress: { role: "ingress", namespace: "edge" },
        egress: { role: "egress", namespace: "outer" },
        ...gateways,
      },
      ...change,
    },
    defaults: { timeout: "2m" },
  };
  await writeFile(file, stringify(stack));
  return file;
}

interface Up extends RunningCommand {
  /** So far. */
  readonly events: () => readonly KubeJson[];
}

/** `flotilla up`, with its events as they come. */
function up(file: string, ...args: readonly string[]): Up {
  const running = startFlotilla(["up", "-c", file, "--sandbox", "--yes", "-o", "ndjson", ...args], {
    env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
  });
  let output = "";
  running.child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const events = (): readonly KubeJson[] =>
    output
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as KubeJson);
  newest = { ...running, events };
  return newest;
}

/** Waits until a gate says what it waits for: maybe after something else, as on a machine that is slow to answer. */
async function awaits(run: Up, step: string, what: string): Promise<void> {
  const ofStep = (): readonly KubeJson[] =>
    run.events().filter((event) => event["type"] === "step-progress" && event["step"] === step);
  const said = await until(() => ofStep().some((event) => event["awaiting"].includes(what)), 90_000);
  expect(
    said,
    `${what} is not in\n${run
      .events()
      .map((event) => JSON.stringify(event))
      .join("\n")}`,
  ).toBe(true);
}

function result(events: readonly KubeJson[]): KubeJson {
  return events.at(-1) ?? {};
}

async function images(namespace: string): Promise<readonly string[]> {
  const pods = await sandbox.api.get(`/api/v1/namespaces/${namespace}/pods`);
  return pods?.["items"]
    .filter((pod: KubeJson) => !pod["metadata"].deletionTimestamp)
    .map((pod: KubeJson) => pod["spec"].containers.find(({ name }: KubeJson) => name === "istio-proxy")?.image);
}

test("gates stay closed while istiod does not run, and open when it does", async () => {
  const run = up(await stackFile());
  await awaits(run, "gate/injection/ingress", "certificate authority in webhook istio-sidecar-injector");
  await awaits(run, "gate/validation", "istiod to refuse what is wrong");
  expect((await helm.calls()).some(({ args }) => args.includes("upgrade") && args.includes("ingress"))).toBe(false);
  await istiod.start();
  const servingAt = Date.now();
  const { code, stderr } = await run.done;
  expect(code, stderr + istiod.log().slice(-3000)).toBe(0);
  const started = run.events().find((event) => event["type"] === "run-started");
  expect(started?.["steps"].map(({ id }: KubeJson) => id)).toEqual(
    expect.arrayContaining(["gate/injection/ingress", "gate/injection/egress", "gate/validation"]),
  );
  for (const gateway of GATEWAYS) {
    // istiod answers before we have noticed it: half a second is more than that takes.
    expect(upgradeCall(await helm.calls(), gateway).startedAt).toBeGreaterThan(servingAt - 500);
  }
  expect(await images("edge")).toEqual([expect.stringContaining("/proxyv2:")]);
  expect(await images("outer")).toEqual([expect.stringContaining("/proxyv2:")]);
});

test("a gate says that istiod is gone, and lets pass once it is back", async () => {
  await istiod.stop();
  const run = up(await stackFile(), "--set", "ingress.service.annotations.a=v1");
  await awaits(run, "gate/injection/ingress", "webhook istio-sidecar-injector to answer");
  await istiod.start();
  expect((await run.done).code).toBe(0);
  expect(result(run.events())["releases"].find(({ name }: KubeJson) => name === "ingress")).toMatchObject({
    outcome: "ready",
  });
});

/** Has a gateway's pod made anew while no webhook stands in the way. */
async function missInjection(): Promise<void> {
  const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
  const webhook = await sandbox.api.get(`${path}/istio-sidecar-injector`);
  await sandbox.api.send("DELETE", `${path}/istio-sidecar-injector`);
  const missed = await until(async () => {
    await sandbox.api.send("DELETE", "/api/v1/namespaces/edge/pods");
    return until(async () => (await images("edge")).join() === "auto", 2_000);
  }, 30_000);
  expect(missed).toBe(true);
  const { name, labels, annotations } = webhook?.["metadata"] ?? {};
  await sandbox.api.send("POST", path, { ...webhook, metadata: { name, labels, annotations } });
}

test("a pod that missed its injection is named, where it is not to be replaced", async () => {
  await missInjection();
  const run = up(await stackFile({ repairInjection: false }), "--set", "ingress.service.annotations.a=v2");
  expect((await run.done).code).toBe(1);
  const ingress = result(run.events())["releases"].find(({ name }: KubeJson) => name === "ingress");
  expect(ingress).toMatchObject({ outcome: "failed" });
  expect(ingress.diagnosis).toEqual([
    expect.objectContaining({
      code: "injection-missed",
      severity: "error",
      object: expect.objectContaining({ kind: "Pod", namespace: "edge" }),
      evidence: ["istio.repairInjection is false"],
    }),
  ]);
  expect(await images("edge")).toEqual(["auto"]);
});

test("a pod that missed its injection is replaced", async () => {
  const run = up(await stackFile(), "--set", "ingress.service.annotations.a=v3");
  const { code, stderr } = await run.done;
  expect(code, stderr).toBe(0);
  expect(
    run
      .events()
      .filter(({ type }) => type === "notice")
      .map(({ message }) => message),
  ).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^Pod ingress-\S+ of release ingress was made before Istio's injection answered; it is replaced\.$/,
      ),
    ]),
  );
  expect(await images("edge")).toEqual([expect.stringContaining("/proxyv2:")]);
});

test("a pod that admission refuses is that release's own trouble, and nobody else's", async () => {
  const file = await stackFile({}, { third: { role: "egress", namespace: "full" } });
  await sandbox.api.send("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "full" },
  });
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "none" }, spec: { hard: { pods: "0" } } };
  await sandbox.api.send("POST", "/api/v1/namespaces/full/resourcequotas", quota);
  const run = up(file, "--set", "ingress.service.annotations.a=v4");
  expect((await run.done).code).toBe(1);
  const releases = result(run.events())["releases"];
  expect(releases.find(({ name }: KubeJson) => name === "ingress")).toMatchObject({ outcome: "ready" });
  expect(releases.find(({ name }: KubeJson) => name === "third")).toMatchObject({
    outcome: "skipped",
    diagnosis: [
      expect.objectContaining({ code: "quota", object: expect.objectContaining({ kind: "Pod", namespace: "full" }) }),
    ],
  });
});
