import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { packChart, writeChartFolder } from "../support/chart-archive.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { limitedAccount, type RoleRule } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const run = promisify(execFile);
const SECRET = "correct-horse-battery-staple";
const APP = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { color: "{{ .Values.color }}" }
---
apiVersion: v1
kind: Secret
metadata: { name: "{{ .Release.Name }}" }
stringData: { token: "{{ .Values.token }}" }
`;
let sandbox: TestSandbox;
let folder: string;
let helm: string;
/** Variables of the commands, besides those that mean the sandbox. */
let env: Record<string, string>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  helm = (await ensureTools(["helm4"], quietContext())).helm4;
});

afterAll(() => sandbox?.stop());

beforeEach(async () => {
  await sandbox.reset();
  if (folder) await rm(folder, { recursive: true, force: true });
  folder = await mkdtemp(join(tmpdir(), "saved-plan-"));
  env = { ...sandbox.env, FLOTILLA_HELM: helm, TOKEN: SECRET };
  await writeChartFolder(join(folder, "app"), {
    name: "app",
    version: "1.0.0",
    files: { "templates/config.yaml": APP },
  });
  await writeStack();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const ONE = '{ name: one, namespace: apps, chart: ./app, values: [{ color: red, token: "${secret:env:TOKEN}" }] }';
const TWO = "{ name: two, namespace: apps, chart: ./app, needs: [one] }";

const writeStack = (releases: readonly string[] = [ONE, TWO], more = ""): Promise<void> =>
  writeFile(
    join(folder, "flotilla.yaml"),
    `apiVersion: flotilla/v1\nstack: shop\n${more}releases:\n${releases.map((each) => `  - ${each}\n`).join("")}`,
  );

const planFile = (): string => join(folder, "release.plan");

/** In the stack's own folder, without a terminal and without --yes. */
const command = (...args: readonly string[]): Promise<CommandResult> => flotilla(args, { env, cwd: folder });

async function save(...args: readonly string[]): Promise<KubeJson> {
  const { code, stdout, stderr } = await command("plan", "--sandbox", "--save", planFile(), "-o", "json", ...args);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as KubeJson;
}

const upSaved = (...args: readonly string[]): Promise<CommandResult> => command("up", planFile(), ...args);

/** Runs the saved plan and expects a refusal. @returns what has moved on */
async function refused(...args: readonly string[]): Promise<readonly KubeJson[]> {
  const before = await revisions();
  const { code, stdout } = await upSaved(...args, "-o", "ndjson");
  expect(code, stdout).toBe(4);
  const error = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as KubeJson;
  expect(error).toMatchObject({ type: "error", code: "plan-stale", hint: expect.stringContaining("Plan anew") });
  expect(await revisions()).toEqual(before);
  return error["differences"] as readonly KubeJson[];
}

async function revisions(): Promise<Readonly<Record<string, number>>> {
  const list = await sandbox.api.get("/api/v1/secrets?labelSelector=owner%3Dhelm");
  const found: Record<string, number> = {};
  for (const { metadata } of (list?.["items"] ?? []) as readonly KubeJson[]) {
    const name = metadata.labels.name as string;
    found[name] = Math.max(found[name] ?? 0, Number(metadata.labels.version));
  }
  return found;
}

async function up(...args: readonly string[]): Promise<KubeJson> {
  const { stdout, stderr } = await command("up", "--sandbox", "--yes", "-o", "json", ...args);
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as KubeJson;
}

describe.each(["helm4", "helm3"] as const)("with %s", (tool) => {
  beforeAll(async () => {
    const usual = helm;
    helm = (await ensureTools([tool], quietContext()))[tool];
    return () => {
      helm = usual;
    };
  });

  test("a first install is saved, reviewed and run, without a question, without a secret, once", async () => {
    const planned = await save();
    expect(await revisions()).toEqual({});
    const text = await readFile(planFile(), "utf8");
    expect((await stat(planFile())).mode & 0o777).toBe(0o600);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString("base64"));
    const saved = JSON.parse(text) as KubeJson;
    expect(saved).toMatchObject({ kind: "flotilla-plan", stackFile: "flotilla.yaml", sandbox: true });
    expect(saved["plan"].steps.map(({ id }: KubeJson) => id)).toEqual(planned["steps"].map(({ id }: KubeJson) => id));

    const { code, stdout, stderr } = await upSaved("-o", "json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "succeeded",
      releases: [
        { name: "one", action: "install", outcome: "ready", revisionAfter: 1 },
        { name: "two", action: "install", outcome: "ready", revisionAfter: 1 },
      ],
    });
    const secret = await sandbox.api.get("/api/v1/namespaces/apps/secrets/one");
    expect(Buffer.from(secret?.["data"].token, "base64").toString()).toBe(SECRET);
    // A plan is good for one run.
    expect((await refused()).map(({ code: what }) => what)).toEqual(["run", "revision", "revision"]);
  });

  describe("a plan is refused, with both values", () => {
    test("after the values have changed: a secret's first install, and later with the stack's own key", async () => {
      await save();
      env["TOKEN"] = "another-secret-than-before";
      expect(await refused()).toEqual([
        { code: "inputs", subject: "release one in apps", saved: expect.any(String), now: expect.any(String) },
      ]);
      env["TOKEN"] = SECRET;
      expect((await upSaved()).code).toBe(0);
      await writeStack([ONE.replace("red", "blue"), TWO]);
      await save();
      await writeStack([ONE.replace("red", "green"), TWO]);
      const [difference, ...others] = await refused();
      expect(others).toEqual([]);
      expect(difference).toMatchObject({ code: "inputs", subject: "release one in apps" });
      expect(difference?.["saved"]).not.toBe(difference?.["now"]);
      await writeStack([ONE.replace("red", "blue"), TWO]);
      expect((await upSaved()).code).toBe(0);
    });

    test("after helm upgrade by hand", async () => {
      await up();
      await writeStack([ONE, TWO.replace("needs", "values: [{ color: blue }], needs")]);
      await save();
      const args = ["upgrade", "one", join(folder, "app"), "--namespace", "apps", "--set", "color=green"];
      await run(helm, [...args, "--kubeconfig", sandbox.kubeconfig]);
      expect(await refused()).toEqual([
        { code: "revision", subject: "release one in apps", saved: "revision 1", now: "revision 2" },
      ]);
    });

    test("after a change of the lock, and of a chart that is a folder", async () => {
      await mkdir(join(folder, "charts"));
      const pack = async (version: string): Promise<void> =>
        writeFile(join(folder, "charts", `lib-${version}.tgz`), await packChart({ name: "lib", version }));
      await pack("1.0.0");
      await writeStack([
        "{ name: lib, namespace: apps, chart: { source: ./charts, name: lib } }",
        TWO.replace(", needs: [one]", ""),
      ]);
      expect((await command("lock")).code).toBe(0);
      await save();
      await pack("1.1.0");
      expect((await command("lock", "--update")).code).toBe(0);
      await writeFile(join(folder, "app", "templates", "more.yaml"), "# another file\n");
      expect(await refused()).toEqual([
        {
          code: "chart",
          subject: "release lib in apps",
          saved: expect.stringMatching(/^lib 1\.0\.0 sha256:/),
          now: expect.stringMatching(/^lib 1\.1\.0 sha256:/),
        },
        {
          code: "chart",
          subject: "release two in apps",
          saved: expect.stringMatching(/^app 1\.0\.0 sha256:/),
          now: expect.any(String),
        },
      ]);
    });

    test("after a run that failed in part, its own", async () => {
      const wrong = join(folder, "app", "templates", "wrong.yaml");
      // Known only once the other one is there.
      const beside = '(lookup "v1" "ConfigMap" .Release.Namespace "one")';
      await writeFile(wrong, `{{ if and (eq .Release.Name "two") ${beside} }}{{ fail "not this one" }}{{ end }}\n`);
      await save();
      expect((await upSaved()).code).toBe(1);
      expect(await revisions()).toEqual({ one: 1 });
      expect((await refused()).map(({ code }) => code)).toEqual(["run", "revision"]);
    });
  });

  test("a plan that changes nothing can be run, and changes nothing", async () => {
    await up();
    await save();
    const { code, stdout } = await upSaved("-o", "json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)["releases"].map((each: KubeJson) => each["outcome"])).toEqual(["unchanged", "unchanged"]);
    // Nothing has been run: the plan still holds.
    expect((await upSaved()).code).toBe(0);
  });
});

describe("a plan is refused as well", () => {
  test("on another cluster, whatever its context is called", async () => {
    await save();
    const own = process.env["FLOTILLA_STATE_DIR"];
    const other = await startTestSandbox();
    try {
      expect(other.context).toBe(sandbox.context);
      env = { ...env, ...other.env };
      const [difference, ...others] = await refused();
      expect(others).toEqual([]);
      expect(difference).toMatchObject({ code: "cluster", subject: "the cluster" });
      expect(difference?.["saved"]).not.toBe(difference?.["now"]);
      expect(await other.api.get("/api/v1/namespaces/apps")).toBeNull();
    } finally {
      await other.stop();
      process.env["FLOTILLA_STATE_DIR"] = own;
    }
  });

  test("of another stack, and for another environment", async () => {
    const environments = "environments: { dev: { profile: sandbox }, prod: { profile: sandbox } }\n";
    await writeStack([ONE, TWO], environments);
    await save("-e", "dev");
    expect(await refused("-e", "prod")).toEqual([
      { code: "environment", subject: "the environment", saved: "dev", now: "prod" },
    ]);
    const text = await readFile(join(folder, "flotilla.yaml"), "utf8");
    await writeFile(join(folder, "other.yaml"), text.replace("stack: shop", "stack: other"));
    expect(await refused("-c", join(folder, "other.yaml"))).toEqual([
      { code: "stack", subject: "the stack", saved: "shop", now: "other" },
    ]);
    // The sandbox is an environment of its own, declared or not.
    await save();
    expect((await upSaved()).code).toBe(0);
  });

  test("when a step would be another: somebody made the namespace meanwhile", async () => {
    await save();
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "apps" } });
    expect(await refused()).toContainEqual({
      code: "step",
      subject: "namespace/apps",
      saved: "install",
      now: "unchanged",
    });
  });
});

test("what the plan was asked for goes with it: only some releases, values, what is pruned", async () => {
  await up();
  await writeStack([ONE]);
  await save("--prune", "--set", "one.color=${env:SHADE:-blue}");
  const other = await upSaved("--set", "one.color=green");
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("--set has no place beside a saved plan");
  expect((await upSaved("--prune", "-o", "json")).code).toBe(0);
  expect((await sandbox.api.get("/api/v1/namespaces/apps/configmaps/one"))?.["data"]).toEqual({ color: "blue" });
  expect(await revisions()).toEqual({ one: 2 });

  await writeStack([ONE, TWO, TWO.replaceAll("two", "three")]);
  // The value that was set on the command line is gone again: what is needed comes along.
  await save("--only", "two", "--with-needs");
  expect((await upSaved()).code).toBe(0);
  expect(await revisions()).toEqual({ one: 3, two: 1 });
});

test("a file that is none, was cut off or edited is refused before anything is asked", async () => {
  await save();
  const text = await readFile(planFile(), "utf8");
  for (const [broken, message] of [
    [text.slice(0, 900), "is not whole"],
    [text.replace('"install"', '"upgrade"'), "checksum"],
    [(await command("plan", "--sandbox", "-o", "json")).stdout, "plan -o json"],
  ] as const) {
    await writeFile(planFile(), broken);
    const { code, stderr } = await upSaved();
    expect(code).toBe(2);
    expect(stderr).toContain("error[plan-invalid]");
    expect(stderr).toContain(message);
  }
  const missing = await command("up", join(folder, "no.plan"));
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain("There is no saved plan");
});

test.for(["one.token=hunter2hunter2", `one.color=${SECRET}`, "one.password=abc"])(
  "a secret on the command line is not saved: %s",
  async (entry) => {
    const { code, stderr } = await command("plan", "--sandbox", "--save", planFile(), "--set", entry);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error\[usage\]: --set one\.\w+ holds a secret/);
    expect(stderr).toContain("${secret:env:NAME}");
    await expect(stat(planFile())).rejects.toThrow("ENOENT");
  },
);

test("somebody who may not look at kube-system can save a plan and run it, by the server's address", async () => {
  const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"];
  const rule = (group: string, ...resources: readonly string[]): RoleRule => ({ apiGroups: [group], resources, verbs });
  for (const name of ["apps", "shop-state"]) {
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name } });
  }
  const kubeconfig = join(folder, "limited.yaml");
  const account = { namespace: "apps", name: "deployer" };
  await limitedAccount(sandbox, kubeconfig, account, {
    apps: [rule("", "secrets", "configmaps")],
    "shop-state": [rule("", "secrets"), rule("coordination.k8s.io", "leases")],
  });
  await writeStack([ONE, TWO], "state: { namespace: shop-state }\n");
  env = { FLOTILLA_HELM: helm, TOKEN: SECRET, FLOTILLA_SANDBOX: "" };
  const target = ["--kubeconfig", kubeconfig];
  const planned = await command("plan", ...target, "--context", "limited", "--save", planFile());
  expect(planned.code, planned.stderr).toBe(0);
  const { cluster } = JSON.parse(await readFile(planFile(), "utf8"))["binding"];
  expect(cluster).toEqual({ uid: null, server: expect.stringMatching(/^https:\/\//) });
  // The context is the plan's: without a terminal it need not be named again.
  const { code, stderr } = await upSaved(...target);
  expect(code, stderr).toBe(0);
  expect(await revisions()).toEqual({ one: 1, two: 1 });
});
