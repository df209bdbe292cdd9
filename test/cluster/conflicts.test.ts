import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { deployment, writeObjectsChart } from "../support/objects-chart.ts";
import { limitedAccount, type RoleRule } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;
let folder: string;
let helm: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "conflicts-"));
  await writeObjectsChart(folder);
});

beforeEach(async () => {
  await sandbox.reset();
  helm = await helmOf("helm4");
});

afterAll(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

const helmOf = async (tool: "helm3" | "helm4"): Promise<string> => (await ensureTools([tool], quietContext()))[tool];

const map = (color: string): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "web" },
  data: { color },
});
const secret = (token: string): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "web" },
  data: { token: Buffer.from(token).toString("base64") },
});
const web = (replicas: number, image = "web:1"): object =>
  deployment("web", { spec: { replicas }, container: { image } });

/** Writes a stack of one release, `web`, that brings these objects. */
async function write(objects: readonly object[], more: object = {}): Promise<void> {
  const release = { name: "web", namespace: "apps", chart: "./objects", values: [{ objects }], ...more };
  await writeFile(
    join(folder, "flotilla.yaml"),
    JSON.stringify({ apiVersion: "flotilla/v1", stack: "shop", releases: [release] }),
  );
}

const command = (...args: readonly string[]): Promise<CommandResult> =>
  flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox"], {
    env: { ...sandbox.env, FLOTILLA_HELM: helm },
  });

async function up(...args: readonly string[]): Promise<KubeJson> {
  const { code, stdout, stderr } = await command("up", "--yes", "-o", "json", ...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout)["releases"][0] as KubeJson;
}

/** What `plan` and `up` both refuse with; `up` has changed nothing then. */
async function conflicts(...args: readonly string[]): Promise<readonly KubeJson[]> {
  const before = await revision();
  const found = [];
  for (const verb of ["plan", "up"]) {
    const { code, stdout } = await command(verb, "--yes", "-o", "ndjson", ...args);
    expect(code, stdout).toBe(4);
    const error = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as KubeJson;
    expect(error).toMatchObject({ type: "error", code: "apply-conflict" });
    found.push(error["conflicts"]);
  }
  expect(found[0]).toEqual(found[1]);
  expect(await revision()).toBe(before);
  return found[0] as readonly KubeJson[];
}

async function revision(): Promise<number> {
  const list = await sandbox.api.get("/api/v1/namespaces/apps/secrets?labelSelector=owner%3Dhelm");
  return Math.max(0, ...(list?.["items"] ?? []).map(({ metadata }: KubeJson) => Number(metadata.labels.version)));
}

const PATHS = {
  ConfigMap: "/api/v1/namespaces/apps/configmaps/web",
  Secret: "/api/v1/namespaces/apps/secrets/web",
  Deployment: "/apis/apps/v1/namespaces/apps/deployments/web",
} as const;

/** Changes an object as somebody else does. */
const change = (kind: keyof typeof PATHS, patch: object, manager = "kubectl-edit"): Promise<KubeJson> =>
  sandbox.api.send("PATCH", `${PATHS[kind]}?fieldManager=${manager}`, patch, "application/merge-patch+json");

const ref = (apiVersion: string, kind: string): object => ({ apiVersion, kind, namespace: "apps", name: "web" });

describe("with Helm 4, a field that somebody else has changed", () => {
  test("is named with who holds it and both values, and nothing is touched", async () => {
    await write([map("red"), web(1)]);
    await up();
    await change("ConfigMap", { data: { color: "green" } });
    await change("Deployment", { spec: { replicas: 5 } }, "kube-scaler");
    await write([map("blue"), web(2)]);
    expect(await conflicts()).toEqual([
      {
        release: "web",
        object: ref("v1", "ConfigMap"),
        manager: "kubectl-edit",
        field: ".data.color",
        live: '"green"',
        wanted: '"blue"',
        remedy: expect.stringContaining("by hand"),
      },
      {
        release: "web",
        object: ref("apps/v1", "Deployment"),
        manager: "kube-scaler",
        field: ".spec.replicas",
        live: "5",
        wanted: "2",
        remedy: null,
      },
    ]);
    const { stderr } = await command("plan");
    expect(stderr).toContain("Deployment apps/web  .spec.replicas");
    expect(stderr).toContain("--force-conflicts web");
    expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe("green");
  });

  test("is no conflict when the values say the same, or nothing", async () => {
    await write([map("red"), web(1)]);
    await up();
    await change("ConfigMap", { data: { color: "blue", more: "theirs" } });
    await change("Deployment", { metadata: { annotations: { theirs: "yes" } }, spec: { replicas: 2 } });
    await write([map("blue"), web(2, "web:2")]);
    expect(await up()).toMatchObject({ outcome: "ready", revisionAfter: 2 });
    expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"]).toEqual({ color: "blue", more: "theirs" });
  });

  test("is taken over when that is said, once, and the plan says what is taken", async () => {
    await write([map("red")]);
    await up();
    await change("ConfigMap", { data: { color: "green" } });
    await write([map("blue")]);
    const planned = await command("plan", "--force-conflicts", "web");
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('takes over .data.color of ConfigMap web from kubectl-edit ("green" → "blue")');
    expect(await up("--force-conflicts", "web")).toMatchObject({ outcome: "ready", revisionAfter: 2 });
    expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe("blue");
    // The other one has lost its claim.
    await write([map("white")]);
    expect(await up()).toMatchObject({ outcome: "ready", revisionAfter: 3 });
    await change("ConfigMap", { data: { color: "green" } });
    await write([map("black")]);
    expect(await conflicts()).toHaveLength(1);
  });

  test("is taken over each time where the stack file says so", async () => {
    await write([map("red")], { forceConflicts: true });
    await up();
    for (const color of ["blue", "white"]) {
      await change("ConfigMap", { data: { color: "green" } });
      await write([map(color)], { forceConflicts: true });
      expect(await up()).toMatchObject({ outcome: "ready" });
      expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe(color);
    }
  });

  test("is not shown where it is a secret", async () => {
    await write([secret("first-secret-value")]);
    await up();
    const theirs = Buffer.from("their-secret-value").toString("base64");
    await change("Secret", { data: { token: theirs } });
    await write([secret("second-secret-value")]);
    const found = await conflicts();
    expect(found).toEqual([expect.objectContaining({ manager: "kubectl-edit", live: "***", wanted: "***" })]);
    const { stderr } = await command("plan");
    expect(stderr).toContain("held at  ***");
    expect(stderr + JSON.stringify(found)).not.toMatch(/secret-value|dGhlaXI|c2Vjb25k/);
  });

  test("does not matter for a release that is left out, and is told for the one that is not", async () => {
    await write([map("red")]);
    const file = join(folder, "flotilla.yaml");
    const other = (objects: readonly object[], values: readonly object[]): Promise<void> =>
      writeFile(
        file,
        JSON.stringify({
          apiVersion: "flotilla/v1",
          stack: "shop",
          releases: [
            { name: "web", namespace: "apps", chart: "./objects", values: [{ objects }] },
            { name: "other", namespace: "other", chart: "./objects", values: [{ objects: values }] },
          ],
        }),
      );
    await other([map("red")], [map("red")]);
    await up();
    await change("ConfigMap", { data: { color: "green" } });
    await other([map("blue")], [map("blue")]);
    const { code, stderr } = await command("up", "--yes", "--only", "other");
    expect(code, stderr).toBe(0);
    expect(await conflicts()).toHaveLength(1);
    const unknown = await command("plan", "--force-conflicts", "wbe");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean web?");
  });
});

describe("with Helm 4, an object that is there already at a first install", () => {
  beforeEach(() => sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "apps" } }));

  const make = (metadata: object): Promise<KubeJson> =>
    sandbox.api.send("POST", "/api/v1/namespaces/apps/configmaps?fieldManager=kubectl-create", {
      metadata: { name: "web", ...metadata },
      data: { color: "green" },
    });

  test("is named as a whole when it is not the release's, and can be adopted", async () => {
    await make({});
    await write([map("blue")]);
    expect(await conflicts("--force-conflicts", "web")).toEqual([
      {
        release: "web",
        object: ref("v1", "ConfigMap"),
        manager: "kubectl-create",
        field: null,
        live: null,
        wanted: null,
        remedy: expect.stringContaining("flotilla up --adopt"),
      },
    ]);
    expect(await up("--adopt")).toMatchObject({ outcome: "ready" });
    expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe("blue");
  });

  test("is looked at field by field when it carries the release's marks", async () => {
    await make({
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "apps" },
    });
    await write([map("blue")]);
    expect(await conflicts()).toEqual([
      expect.objectContaining({ manager: "kubectl-create", field: ".data.color", live: '"green"', wanted: '"blue"' }),
    ]);
    expect(await up("--force-conflicts", "web")).toMatchObject({ action: "install", outcome: "ready" });
    expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe("blue");
  });
});

test("with Helm 4, what an earlier release has left outside namespaces is looked at, new namespace or not", async () => {
  const role = (verb: string): object => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "web-reader", annotations: { "helm.sh/resource-policy": "keep" } },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: [verb] }],
  });
  await write([role("get")]);
  await up();
  expect((await command("down", "--namespaces", "--yes")).code).toBe(0);
  expect(await sandbox.api.get("/api/v1/namespaces/apps")).toBeNull();
  const path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/web-reader";
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }];
  await sandbox.api.send("PATCH", `${path}?fieldManager=kubectl-edit`, { rules }, "application/merge-patch+json");
  await write([role("watch")]);
  expect(await conflicts()).toEqual([expect.objectContaining({ manager: "kubectl-edit", field: ".rules" })]);
  expect(await up("--force-conflicts", "web")).toMatchObject({ action: "install", outcome: "ready" });
});

test("Helm 3 overwrites without asking, and so does Helm 4 what Helm 3 has begun: nothing is asked or forced", async () => {
  helm = await helmOf("helm3");
  await write([map("red")]);
  await up();
  await change("ConfigMap", { data: { color: "green" } });
  await write([map("blue")]);
  expect(await up("--force-conflicts", "web")).toMatchObject({ outcome: "ready", revisionAfter: 2 });
  helm = await helmOf("helm4");
  await change("ConfigMap", { data: { color: "green" } });
  await write([map("white")], { forceConflicts: true });
  expect(await up()).toMatchObject({ outcome: "ready", revisionAfter: 3 });
  expect((await sandbox.api.get(PATHS.ConfigMap))?.["data"].color).toBe("white");
});

test("who may not look is warned once, and goes on", async () => {
  const all = ["get", "list", "watch", "create", "update", "patch", "delete"];
  const rule = (group: string, resources: readonly string[], verbs = all): RoleRule => ({
    apiGroups: [group],
    resources,
    verbs,
  });
  for (const name of ["apps", "shop-state"]) {
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name } });
  }
  const kubeconfig = join(folder, "limited.yaml");
  await limitedAccount(
    sandbox,
    kubeconfig,
    { namespace: "apps", name: "deployer" },
    {
      apps: [
        rule("", ["secrets"]),
        rule("", ["configmaps", "services"], ["get", "create", "update", "patch", "delete"]),
      ],
      "shop-state": [rule("", ["secrets"]), rule("coordination.k8s.io", ["leases"])],
    },
  );
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { clusterIP: "None" } };
  const stack = (color: string): string =>
    JSON.stringify({
      apiVersion: "flotilla/v1",
      stack: "shop",
      state: { namespace: "shop-state" },
      releases: [
        {
          name: "web",
          namespace: "apps",
          chart: "./objects",
          wait: false,
          values: [{ objects: [map(color), service] }],
        },
      ],
    });
  for (const color of ["red", "blue"]) {
    await writeFile(join(folder, "flotilla.yaml"), stack(color));
    const args = [
      "up",
      "-c",
      join(folder, "flotilla.yaml"),
      "--kubeconfig",
      kubeconfig,
      "--context",
      "limited",
      "--yes",
    ];
    const { code, stderr } = await flotilla([...args, "-o", "json"], {
      env: { ...sandbox.env, FLOTILLA_SANDBOX: undefined, FLOTILLA_HELM: helm },
    });
    expect(code, stderr).toBe(0);
    expect(stderr.split("Not allowed to look everywhere")).toHaveLength(2);
  }
});
