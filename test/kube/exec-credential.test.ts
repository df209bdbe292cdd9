import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/kube/connect.ts";
import { answer, type FakeCluster, kubeconfigText, refuse, startFakeCluster } from "./fake-cluster.ts";

const { signal } = new AbortController();
let folder: string;
let cluster: FakeCluster | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-exec-"));
  cluster = null;
});

afterEach(async () => {
  await cluster?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A plugin that counts its runs and gives `token-N`. */
async function plugin(extra: object = {}, status = "{}"): Promise<object> {
  const script = join(folder, "plugin.mjs");
  const text = `
    import { appendFileSync, readFileSync } from "node:fs";
    appendFileSync(${JSON.stringify(join(folder, "runs"))}, process.env.KUBERNETES_EXEC_INFO + " " + process.env.EXTRA + "\\n");
    const run = readFileSync(${JSON.stringify(join(folder, "runs"))}, "utf8").trim().split("\\n").length;
    console.log(JSON.stringify({ kind: "ExecCredential", status: { token: "token-" + run, ...${status} } }));`;
  await writeFile(script, text);
  const apiVersion = "client.authentication.k8s.io/v1beta1";
  return {
    exec: { apiVersion, command: process.execPath, args: [script], env: [{ name: "EXTRA", value: "e" }], ...extra },
  };
}

async function runs(): Promise<readonly string[]> {
  return (await readFile(join(folder, "runs"), "utf8")).trim().split("\n");
}

test("a plugin's token is used for many requests, and a new one is had when the cluster refuses it", async () => {
  let refused = "";
  cluster = await startFakeCluster(
    ({ headers }, response) => {
      if (headers.authorization === refused) refuse(response, 401, "Unauthorized", "Unauthorized");
      else answer(response, 200, { gitVersion: "v1.36.3" });
    },
    { user: await plugin({ provideClusterInfo: true }) },
  );
  await cluster.client.version(signal);
  await cluster.client.version(signal);
  expect(cluster.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-1", "Bearer token-1"]);
  refused = "Bearer token-1";
  // Several at once find the token refused: one new one for all.
  const { client } = cluster;
  await Promise.all([1, 2, 3].map(() => client.version(signal)));
  expect(cluster.seen.at(-1)?.headers.authorization).toBe("Bearer token-2");
  const [first = "", ...more] = await runs();
  expect(more).toHaveLength(1);
  expect(first).toContain(" e");
  expect(JSON.parse(first.slice(0, -2))).toEqual({
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    spec: { interactive: false, cluster: { server: cluster.url } },
  });
});

test("a token that is about to end is renewed before it is refused", async () => {
  const soon = `{ expirationTimestamp: new Date(Date.now() + 5000).toISOString() }`;
  cluster = await startFakeCluster((_request, response) => answer(response, 200, { gitVersion: "v1.36.3" }), {
    user: await plugin({}, soon),
  });
  await cluster.client.version(signal);
  expect(cluster.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token-2"]);
});

async function failureOf(exec: object): Promise<unknown> {
  const path = join(folder, "config");
  await writeFile(path, kubeconfigText("https://127.0.0.1:1", { user: { exec } }));
  return connect({ kubeconfig: path, context: null }).catch((error: unknown) => error);
}

test("a plugin that fails is named with what it said", async () => {
  const args = ["-e", "console.error('token expired, run: az login'); process.exit(3)"];
  expect(await failureOf({ command: process.execPath, args })).toMatchObject({
    code: "cluster-unauthorized",
    message: `The kubeconfig's credential plugin ${process.execPath} failed: token expired, run: az login.`,
  });
});

test("a plugin that is not there: its own hint", async () => {
  expect(await failureOf({ command: "kubelogin-missing", installHint: "brew install kubelogin" })).toMatchObject({
    code: "cluster-unauthorized",
    message: "The kubeconfig's credential plugin kubelogin-missing cannot be started.",
    hint: "brew install kubelogin",
  });
});

test("a plugin that prints something else", async () => {
  expect(await failureOf({ command: process.execPath, args: ["-e", "console.log('hello')"] })).toMatchObject({
    code: "cluster-unauthorized",
    message: expect.stringContaining("did not print an ExecCredential"),
  });
});
