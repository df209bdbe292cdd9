import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/kube/connect.ts";

let folder: string;
const before = { ...process.env };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-kubeconfig-"));
  process.env["HOME"] = folder;
  delete process.env["KUBECONFIG"];
});

afterEach(async () => {
  process.env = { ...before };
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, current: string | null, servers: Readonly<Record<string, string>>): Promise<string> {
  const names = Object.keys(servers);
  const path = join(folder, name);
  const text = JSON.stringify({
    ...(current !== null && { "current-context": current }),
    contexts: names.map((each) => ({ name: each, context: { cluster: each, user: each } })),
    clusters: names.map((each) => ({ name: each, cluster: { server: servers[each] } })),
    users: names.map((each) => ({ name: each, user: { token: "t" } })),
  });
  await writeFile(path, text);
  return path;
}

async function serverOf(kubeconfig: string | null, context: string | null): Promise<string> {
  const client = await connect({ kubeconfig, context });
  client.close();
  expect(client.inCluster).toBe(false);
  return `${client.context} ${client.server}`;
}

test("the current context, or the one that is named", async () => {
  const path = await write("config", "dev", { dev: "https://dev:6443", prod: "https://prod/clusters/1/" });
  expect(await serverOf(path, null)).toBe("dev https://dev:6443");
  expect(await serverOf(path, "prod")).toBe("prod https://prod/clusters/1");
});

test("a variable that names files, none of which is there: which ones", async () => {
  process.env["KUBECONFIG"] = [join(folder, "a"), join(folder, "b")].join(delimiter);
  await expect(serverOf(null, "dev")).rejects.toMatchObject({
    code: "context-unknown",
    message: `There is no kubeconfig at ${join(folder, "a")}, ${join(folder, "b")} (KUBECONFIG), so no cluster to talk to.`,
  });
  delete process.env["KUBECONFIG"];
  await expect(serverOf(null, "dev")).rejects.toMatchObject({
    message: "There is no kubeconfig, so no cluster to talk to.",
  });
});

test("an unknown context: those that there are", async () => {
  const path = await write("config", "dev", { prod: "https://prod", dev: "https://dev" });
  await expect(serverOf(path, "prd")).rejects.toMatchObject({
    code: "context-unknown",
    message: `${path} has no context "prd". It has: dev, prod.`,
  });
});

test("no current context and none named", async () => {
  const path = await write("config", null, { dev: "https://dev" });
  await expect(serverOf(path, null)).rejects.toMatchObject({
    code: "context-unknown",
    message: `${path} has no current context. It has: dev.`,
  });
});

test("KUBECONFIG is a list: missing files are skipped, the first to name something wins", async () => {
  const first = await write("first", null, { dev: "https://first-dev" });
  const second = await write("second", "prod", { dev: "https://second-dev", prod: "https://second-prod" });
  process.env["KUBECONFIG"] = [join(folder, "missing"), first, second].join(delimiter);
  expect(await serverOf(null, null)).toBe("prod https://second-prod");
  expect(await serverOf(null, "dev")).toBe("dev https://first-dev");
});

test("without a kubeconfig there is no cluster", async () => {
  await expect(serverOf(null, null)).rejects.toMatchObject({ code: "context-unknown" });
  const missing = join(folder, "missing");
  await expect(serverOf(missing, null)).rejects.toMatchObject({
    code: "context-unknown",
    message: `There is no kubeconfig at ${missing}.`,
  });
});

test("a broken kubeconfig is named, its text is not shown", async () => {
  const path = join(folder, "broken");
  await writeFile(path, "users: [{token: hunter2\n");
  const error: unknown = await serverOf(path, null).catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code: "context-unknown" });
  expect(String(error)).toContain(path);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter2");
});

test("an empty kubeconfig has no contexts", async () => {
  const path = await write("empty", null, {});
  await expect(serverOf(path, null)).rejects.toMatchObject({ code: "context-unknown" });
});

test("a certificate or key that cannot be read is refused as what it is", async () => {
  const path = await write("config", "dev", { dev: "https://dev:6443" });
  const config = JSON.parse(await readFile(path, "utf8"));
  const pem = Buffer.from("-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n").toString("base64");
  config.users[0].user = { "client-certificate-data": pem, "client-key-data": pem };
  await writeFile(path, JSON.stringify(config));
  await expect(connect({ kubeconfig: path, context: null })).rejects.toMatchObject({
    code: "cluster-unauthorized",
    message: expect.stringContaining("The credentials of context dev cannot be used"),
  });
});
