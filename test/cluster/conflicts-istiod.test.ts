import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { editObject } from "../support/edit-object.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { type IstiodProcess, istiodProcess } from "../support/istiod-process.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

/** The real istiod as a process beside the sandbox: it patches its own webhooks while Helm 4 upgrades them. */
let sandbox: TestSandbox;
let istiod: IstiodProcess;
let helm: string;
let folder: string;

const UPGRADES = 20;
const VALIDATORS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const INJECTORS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

beforeAll(async () => {
  sandbox = await startTestSandbox();
  istiod = await istiodProcess(sandbox.kubeconfig);
  helm = (await ensureTools(["helm4"], quietContext())).helm4;
  folder = await mkdtemp(join(tmpdir(), "conflicts-istiod-"));
}, 900_000);

afterAll(async () => {
  await istiod?.stop();
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function run(verb: string, ...args: readonly string[]): Promise<CommandResult> {
  const file = join(folder, "flotilla.yaml");
  const istio = { version: "~1.31.0", source: sandbox.istioSource, values: istiod.values };
  await writeFile(
    file,
    JSON.stringify({ apiVersion: "flotilla/v1", stack: "mesh", istio, defaults: { timeout: "2m" } }),
  );
  const all = [verb, "-c", file, "--sandbox", "--yes", "-o", "ndjson", ...args];
  return flotilla(all, { env: { ...sandbox.env, FLOTILLA_HELM: helm } });
}

const last = ({ stdout }: CommandResult): KubeJson => JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as KubeJson;

async function managers(path: string): Promise<readonly string[]> {
  const list = await sandbox.api.get(path);
  return list?.["items"].flatMap(({ metadata }: KubeJson) =>
    metadata.managedFields.map(({ manager }: KubeJson) => manager as string),
  );
}

async function policies(): Promise<readonly string[]> {
  const list = await sandbox.api.get(VALIDATORS);
  return list?.["items"].flatMap(({ webhooks }: KubeJson) =>
    webhooks.map(({ failurePolicy }: KubeJson) => failurePolicy as string),
  );
}

/** What of the cluster is not as the releases' manifests say: by `status`, and by a plan with the same values. */
async function drift(...values: readonly string[]): Promise<readonly string[]> {
  const status = await run("status");
  expect(status.code, status.stderr).toBe(0);
  const drifted = last(status)["releases"].filter((release: KubeJson) => release["drifted"] !== false);
  const plan = await run("plan", ...values);
  expect(plan.code, plan.stderr).toBe(0);
  return [
    ...drifted.map(({ name }: KubeJson) => `${name} has drifted`),
    ...last(plan)["steps"].flatMap(({ id, action, drift: found }: KubeJson) => [
      ...(action === "unchanged" ? [] : [`${id}: ${action}`]),
      ...found.map(({ kind, name, diff }: KubeJson) => `${kind} ${name}: ${diff}`),
    ]),
  ];
}

test(
  `${UPGRADES} upgrades in a row beside an istiod that patches its webhooks: no conflict, and what it patches is no drift`,
  { timeout: 600_000 },
  async () => {
    const first = await run("up");
    expect(first.code, first.stderr).toBe(0);
    await istiod.start();
    const patched = await until(async () => {
      const [validators, injectors] = await Promise.all([managers(VALIDATORS), managers(INJECTORS)]);
      const failing = (await policies()).every((policy) => policy === "Fail");
      return failing && [validators, injectors].every((names) => names.includes("pilot-discovery"));
    }, 60_000);
    expect(patched, istiod.log().slice(-2000)).toBe(true);
    expect(await drift()).toEqual([]);
    for (let count = 1; count <= UPGRADES; count += 1) {
      const both = ["istiod", "istio-base"].flatMap((name) => ["--set", `${name}.global.logging.level=run:${count}`]);
      const upgraded = await run("up", ...both);
      expect(upgraded.code, upgraded.stdout).toBe(0);
      expect(outcomes(upgraded)).toEqual([
        ["upgrade", "ready", count + 1],
        ["upgrade", "ready", count + 1],
      ]);
      expect(await drift(...both)).toEqual([]);
      expect(outcomes(await run("up", ...both))).toEqual([
        ["unchanged", "unchanged", count + 1],
        ["unchanged", "unchanged", count + 1],
      ]);
    }
    expect((await policies()).every((policy) => policy === "Fail")).toBe(true);
  },
);

const outcomes = (result: CommandResult): readonly unknown[] =>
  last(result)["releases"].map(({ action, outcome, revisionAfter }: KubeJson) => [action, outcome, revisionAfter]);

test("what somebody else changes beside istiod is drift, named, and put right without istiod's own", async () => {
  const both = ["istiod", "istio-base"].flatMap((name) => ["--set", `${name}.global.logging.level=run:${UPGRADES}`]);
  const path = `${VALIDATORS}/istio-validator-istio-system`;
  const relabel = ({ metadata, ...rest }: KubeJson): object => ({
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, app: "mine" } },
  });
  const validator = await editObject(sandbox.api, path, relabel, "?fieldManager=kubectl-edit");
  const found = await drift(...both);
  expect(found.slice(0, 2)).toEqual(["istiod has drifted", "release/istiod: repair"]);
  expect(found.slice(2)).toEqual([
    expect.stringMatching(/^ValidatingWebhookConfiguration [^]*\n- +app: mine\n\+ +app: istiod\n/),
  ]);
  expect(found.join("")).not.toMatch(/[-+] +(caBundle|failurePolicy)/);
  const refused = await run("plan", "--set", "istiod.global.logging.level=run:other");
  expect(refused.code, refused.stdout).toBe(4);
  expect(last(refused)).toMatchObject({
    code: "apply-conflict",
    conflicts: [{ release: "istiod", manager: "kubectl-edit", field: ".metadata.labels.app", live: '"mine"' }],
  });
  expect(outcomes(await run("up", ...both))).toEqual([
    ["unchanged", "unchanged", UPGRADES + 1],
    ["repair", "ready", UPGRADES + 2],
  ]);
  expect(await drift(...both)).toEqual([]);
  const repaired = (await sandbox.api.get(path)) as KubeJson;
  expect(repaired["metadata"].labels.app).toBe("istiod");
  expect(repaired["webhooks"][0]).toMatchObject({
    failurePolicy: "Fail",
    clientConfig: { caBundle: validator["webhooks"][0].clientConfig.caBundle },
  });
});

test("a field that istiod holds and the values set otherwise is named, with what settles it", async () => {
  const { code, stdout } = await run("plan", "--set", "istiod.base.validationFailurePolicy=Ignore");
  expect(code, stdout).toBe(4);
  expect(last({ stdout } as CommandResult)).toMatchObject({
    code: "apply-conflict",
    conflicts: [
      {
        release: "istiod",
        object: { kind: "ValidatingWebhookConfiguration" },
        manager: "pilot-discovery",
        field: expect.stringMatching(/^\.webhooks\[name="[^"]+"\]\.failurePolicy$/),
        live: '"Fail"',
        wanted: '"Ignore"',
        remedy: expect.stringContaining("base.validationFailurePolicy"),
      },
    ],
  });
});

test("a field that AKS takes of the injector's webhook is named, with its own remedy", async () => {
  const exclude = (injector: KubeJson): object => ({
    ...injector,
    webhooks: injector["webhooks"].map((webhook: KubeJson) => ({
      ...webhook,
      namespaceSelector: {
        matchExpressions: [
          ...webhook["namespaceSelector"].matchExpressions,
          { key: "control-plane", operator: "DoesNotExist" },
        ],
      },
    })),
  });
  // As AKS's own controller does: read, change, update.
  const path = `${INJECTORS}/istio-sidecar-injector`;
  await editObject(sandbox.api, path, exclude, "?fieldManager=admissionsenforcer");
  const refused = await run("up", "--set", "istiod.global.logging.level=run:again");
  expect(refused.code, refused.stdout).toBe(4);
  const { conflicts } = last(refused) as { readonly conflicts: readonly KubeJson[] };
  expect(conflicts.length).toBeGreaterThan(0);
  for (const conflict of conflicts) {
    expect(conflict).toMatchObject({
      release: "istiod",
      object: { kind: "MutatingWebhookConfiguration", name: "istio-sidecar-injector" },
      manager: "admissionsenforcer",
      field: expect.stringContaining(".namespaceSelector"),
      remedy: expect.stringContaining("admissions.enforcer/disabled"),
    });
  }
  const forced = await run("up", "--set", "istiod.global.logging.level=run:again", "--force-conflicts", "istiod");
  expect(forced.code, forced.stdout).toBe(0);
});
