import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { ECHOING_POLICY, packCanaryChart } from "../support/canary-chart.ts";
import { findLeaks, type SearchedPlace } from "../support/canary-scanner.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { type OciRegistry, startOciRegistry } from "../support/oci-registry.ts";
import { filesBelow, objectsOf, versionsOf } from "../support/searched-places.ts";
import { writeTokenKubeconfig } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { type WatchedHelm, watchedHelm } from "../support/watched-helm.ts";

/** One for each way in; letters that JSON, URLs and YAML write in their own ways. */
const canary = (name: string): string => `canary-${name}-<&>"'\\+/ é`;
const WAYS = {
  inline: canary("inline"),
  file: canary("values-file"),
  secretEnv: canary("secret-env"),
  set: canary("set"),
  setSecret: canary("set-secret"),
  plainNote: canary("plain-value"),
  plainSet: canary("plain-set"),
  env: canary("env"),
  keyLine: "canary-key-line-MIIEvQIBADANBgkqhkiG9w0BAQ",
  login: "canary-login-<&>+/'",
  wrongLogin: "canary-wrong-login-<&>+/'",
  pluginToken: canary("plugin"),
  argument: canary("argument"),
} as const;
const KEY = `-----BEGIN TEST KEY-----\n${WAYS.keyLine}\nsecond-${WAYS.keyLine}\n-----END TEST KEY-----\n`;

let sandbox: TestSandbox;
let registry: OciRegistry;
let folder: string;
let token: string;
/** Versions of objects, from the first run on. */
let versions: readonly SearchedPlace[];
const canaries = (): readonly string[] => [...Object.values(WAYS), token];
const at = (...parts: readonly string[]): string => join(folder, ...parts);

beforeAll(async () => {
  sandbox = await startTestSandbox();
  registry = await startOciRegistry({ login: "basic", user: { name: "robot", password: WAYS.login } });
  registry.push("charts/app", "1.0.0", await packCanaryChart());
  folder = await mkdtemp(join(tmpdir(), "canaries-"));
  token = await adminToken();
  await writeTokenKubeconfig(sandbox, at("kubeconfig"), token);
  const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
  await sandbox.api.send("POST", policies, ECHOING_POLICY);
  const binding = { metadata: { name: "echo" }, spec: { policyName: "echo", validationActions: ["Deny"] } };
  await sandbox.api.send("POST", policies.replace("policies", "policybindings"), binding);
  await write("values/app.yaml", { file: { adminPassword: WAYS.file } });
  await write("certs/tls.key", KEY);
  await write("docker/config.json", { auths: { [host()]: { auth: base64(`robot:${WAYS.login}`) } } });
  await write("wrong/config.json", { auths: { [host()]: { auth: base64(`robot:${WAYS.wrongLogin}`) } } });
  await write("stack/flotilla.yaml", stackFile());
  await mkdir(at("home"));
  await mkdir(at("temp"));
  versions = versionsOf(sandbox.api);
});

afterAll(async () => {
  await registry.close();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const host = (): string => new URL(registry.url).host;

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), typeof content === "string" ? content : JSON.stringify(content));
}

async function adminToken(): Promise<string> {
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  await sandbox.api.send("POST", accounts, { metadata: { name: "canary" } });
  await sandbox.api.send("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    metadata: { name: "canary" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "canary", namespace: "default" }],
  });
  return (await sandbox.api.send("POST", `${accounts}/canary/token`, { spec: {} }))["status"].token as string;
}

function stackFile(): object {
  const own = {
    db: { password: WAYS.inline },
    apiToken: "${secret:env:CANARY_SECRET}",
    tls: { key: "${secret:file:../certs/tls.key}" },
    note: WAYS.plainNote,
    fromEnv: "${env:CANARY_ENV}",
  };
  const chart = `oci://${host()}/charts/app`;
  const values = ["../values/app.yaml", own];
  return {
    apiVersion: "flotilla/v1",
    stack: "canaries",
    releases: [{ name: "app", namespace: "canaries", chart, version: "^1.0.0", values }],
  };
}

/** Runs a command with every canary in its way in, and a log file of its own. */
let runs = 0;
const outputs: SearchedPlace[] = [];
async function run(
  helm: WatchedHelm,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  runs += 1;
  // What --set refers to is a secret to the run that has that --set: no other can know.
  const takesSet = ["plan", "up"].includes(args[0] ?? "");
  const set = takesSet
    ? ["--set", `app.set.password=${WAYS.set}`, "--set", "app.set.token=${secret:env:CANARY_SET}"].concat(
        "--set",
        `app.set.note=${WAYS.plainSet}`,
      )
    : [];
  const cluster = ["--kubeconfig", at("kubeconfig"), "--context", "limited", "-v", "--timeout", "60s"];
  const result = await flotilla([...args, ...set, ...cluster, "--log-file", at("logs", `${runs}.ndjson`)], {
    cwd: at("stack"),
    env: {
      FLOTILLA_HELM: helm.path,
      FLOTILLA_CACHE_DIR: at("cache"),
      FLOTILLA_STATE_DIR: at("state"),
      HOME: at("home"),
      TMPDIR: at("temp"),
      DOCKER_CONFIG: at("docker"),
      CANARY_SECRET: WAYS.secretEnv,
      ...(takesSet ? { CANARY_SET: WAYS.setSecret } : {}),
      CANARY_ENV: WAYS.env,
      ...env,
    },
  });
  outputs.push({ where: `stdout of ${args.join(" ")}`, bytes: result.stdout });
  outputs.push({ where: `stderr of ${args.join(" ")}`, bytes: result.stderr });
  return result;
}

/** All that may hold a canary: outputs, logs, what lies in the folders that flotilla writes to, and the cluster. */
async function everywhere(): Promise<readonly SearchedPlace[]> {
  const inputs = [at("stack", "flotilla.yaml")];
  const written = ["stack", "logs", "cache", "state", "home", "temp"].map((name) => filesBelow(at(name), inputs));
  return [...outputs, ...versions, ...(await objectsOf(sandbox.api)), ...(await Promise.all(written)).flat()];
}

describe.each(["helm4", "helm3"] as const)("no canary gets out, %s", (tool) => {
  let helm: WatchedHelm;

  beforeAll(async () => {
    helm = await watchedHelm((await ensureTools([tool], quietContext()))[tool]);
    for (const name of ["logs", "state", "cache"]) await mkdir(at(name), { recursive: true });
  });

  afterAll(() => helm.remove());

  test.each([
    ["template", 2, /refused: \*\*\*/],
    ["encoded", 2, /refused: /],
    ["schema", 2, /schema|pattern/],
    ["admission", 1, /refused: \*\*\*/],
  ])("when a release fails by %s and its values are quoted", async (way, exit, told) => {
    const { code, stdout, stderr } = await run(helm, ["up", "--yes", "-o", "ndjson", "--set", `app.fail=${way}`]);
    expect(code).toBe(exit);
    expect(stdout + stderr).toMatch(told);
    expect(stdout).toContain("***");
    for (const line of stdout.trim().split("\n")) JSON.parse(line);
  });

  test.each([
    [0, ["lock"]],
    [0, ["plan"]],
    [0, ["plan", "-o", "json"]],
    [0, ["up", "--yes"]],
    [0, ["up", "--yes", "-o", "json"]],
    [0, ["status"]],
    [0, ["status", "-o", "json"]],
    [0, ["diagnose", "-o", "json"]],
    [0, ["history", "-o", "json"]],
    [0, ["history"]],
    [0, ["graph", "--format", "dot"]],
    [0, ["lock", "--check"]],
    [0, ["doctor"]],
    [0, ["doctor", "-o", "json"]],
    [0, ["up", "--yes", "--set", "app.extra=1"]],
    [0, ["rollback", "--yes"]],
    [0, ["down", "--yes"]],
  ] as const)("exit %i: %j", async (code, args) => {
    const result = await run(helm, args);
    expect(result.stderr).not.toContain("error[");
    expect(result.code).toBe(code);
  });

  test("when source, cluster or the file itself is refused", async () => {
    await rm(at("cache"), { recursive: true });
    await mkdir(at("cache"));
    expect(await run(helm, ["lock", "--update"], { DOCKER_CONFIG: at("wrong") })).toMatchObject({ code: 4 });
    const config = parse(await readFile(at("kubeconfig"), "utf8"));
    const env = [{ name: "PLUGIN_TOKEN", value: WAYS.pluginToken }];
    const exec = { command: "/bin/sh", args: ["-c", 'echo "not with $PLUGIN_TOKEN" >&2; exit 1'], env };
    config.users[0].user = {
      exec: { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", ...exec },
    };
    await writeFile(at("plugin"), stringify(config));
    const plugin = await run(helm, ["status", "--kubeconfig", at("plugin")]);
    // The last --kubeconfig counts, which is the other one: by variable it would be outweighed.
    expect(plugin.code).toBe(0);
    const refused = await flotilla(["status", "--context", "limited", "--kubeconfig", at("plugin")], {
      cwd: at("stack"),
      env: { CANARY_SECRET: WAYS.secretEnv, CANARY_ENV: WAYS.env, FLOTILLA_CACHE_DIR: at("cache") },
    });
    outputs.push({ where: "a plugin that fails", bytes: refused.stdout + refused.stderr });
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("not with ***") });
    const wrong = JSON.stringify(stackFile(), null, 2).replace('"version"', '"verzion"').replace('"stack"', '"stak"');
    await write("stack/wrong.yaml", wrong.replace('"canaries"', '"${secret:env:CANARY_SECRET}"'));
    const file = await run(helm, ["plan", "-c", "wrong.yaml"]);
    await rm(at("stack", "wrong.yaml"));
    expect(file).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "version"?') });
    expect(await run(helm, [`--set=app.db.password=${WAYS.argument}`])).toMatchObject({ code: 2 });
  });

  test("is found in outputs, logs, files or the cluster", async () => {
    expect(findLeaks(await everywhere(), canaries())).toEqual([]);
  });

  test("is found in a helm's arguments or environment, save for what ${env:…} itself names", async () => {
    const seen = await helm.seen();
    expect(seen).toContain("--values=-");
    expect(seen).toContain(`CANARY_ENV=${WAYS.env}`);
    const secret = canaries().filter((each) => each !== WAYS.env);
    expect(findLeaks([{ where: "/proc", bytes: seen }], secret)).toEqual([]);
  });
});

test("the search finds one leak planted in each place that it looks at", async () => {
  const planted = WAYS.secretEnv;
  outputs.push({ where: "planted output", bytes: JSON.stringify({ a: planted }) });
  await write("logs/planted.ndjson", `{"a":${JSON.stringify(JSON.stringify(planted))}}\n`);
  await write("cache/planted", base64(planted));
  await writeFile(at("temp", "planted"), gzipSync(planted));
  await write("stack/flotilla.lock", `# ${encodeURIComponent(planted)}\n`);
  const data = { a: base64(planted) };
  await sandbox.api.send("POST", "/api/v1/namespaces/default/secrets", { metadata: { name: "planted" }, data });
  const event = { involvedObject: { namespace: "default" }, message: planted };
  await sandbox.api.send("POST", "/api/v1/namespaces/default/events", { metadata: { name: "planted" }, ...event });
  const found = new Set(findLeaks(await everywhere(), [planted]).map(({ where }) => where));
  expect(found).toEqual(
    new Set([
      "planted output",
      at("logs", "planted.ndjson"),
      at("cache", "planted"),
      at("temp", "planted"),
      at("stack", "flotilla.lock"),
      "/api/v1/secrets: default/planted",
      "/api/v1/events: default/planted",
      "/apis/events.k8s.io/v1/events: default/planted",
    ]),
  );
});

test("the search finds what a helm is given by argument or environment", async () => {
  const helm = await watchedHelm((await ensureTools(["helm4"], quietContext())).helm4);
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const env = { ...process.env, PLANTED: WAYS.inline };
  await promisify(execFile)(helm.path, ["version", "--template", `{{/* ${WAYS.set} */}}`], { env });
  const found = findLeaks([{ where: "/proc", bytes: await helm.seen() }], [WAYS.inline, WAYS.set]);
  expect(new Set(found.map((leak) => leak.canary))).toEqual(new Set([WAYS.inline, WAYS.set]));
  await helm.remove();
});
