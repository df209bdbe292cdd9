import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/kube/connect.ts";
import { answer, type FakeCluster, kubeconfigText, refuse, startFakeCluster } from "./fake-cluster.ts";

const { signal } = new AbortController();
const before = { ...process.env };
let folder: string;
let cluster: FakeCluster;
let refused: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-user-"));
  refused = "";
  cluster = await startFakeCluster(({ headers }, response) => {
    if (headers.authorization === refused) refuse(response, 401, "Unauthorized", "Unauthorized");
    else answer(response, 200, { gitVersion: "v1.36.3" });
  });
});

afterEach(async () => {
  process.env = { ...before };
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

/** A kubeconfig for the fake cluster. */
async function kubeconfig(user: object): Promise<string> {
  const path = join(folder, "config");
  await writeFile(path, kubeconfigText(cluster.url, { user }));
  return path;
}

/** The headers of a request that is made with a kubeconfig. */
async function headersSeen(path: string | null): Promise<Record<string, unknown>> {
  const client = await connect({ kubeconfig: path, context: null });
  try {
    await client.version(signal);
    return cluster.seen.at(-1)?.headers ?? {};
  } finally {
    client.close();
  }
}

test("a token's file is relative to the kubeconfig, and goes before a token beside it", async () => {
  await writeFile(join(folder, "token"), "from-file\n");
  const path = await kubeconfig({ tokenFile: "token", token: "old" });
  expect(await headersSeen(path)).toMatchObject({ authorization: "Bearer from-file" });
});

test("a token's file that is written anew is read anew when the cluster refuses what it held", async () => {
  const file = join(folder, "token");
  await writeFile(file, "first");
  const client = await connect({ kubeconfig: await kubeconfig({ tokenFile: file }), context: null });
  await client.version(signal);
  await writeFile(file, "second");
  refused = "Bearer first";
  await client.version(signal);
  client.close();
  expect(cluster.seen.at(-1)?.headers.authorization).toBe("Bearer second");
});

test("a token's file that is not there", async () => {
  await expect(headersSeen(await kubeconfig({ tokenFile: "none" }))).rejects.toMatchObject({
    code: "cluster-unauthorized",
    message: `The token of context fake cannot be read from ${join(folder, "none")}.`,
  });
  const path = await kubeconfig({ tokenFile: "none", token: "beside" });
  expect(await headersSeen(path)).toMatchObject({ authorization: "Bearer beside" });
});

test("who acts for another one does so with the groups that the kubeconfig names", async () => {
  const path = await kubeconfig({
    token: "t",
    as: "jane",
    "as-uid": "7",
    "as-groups": ["ops", "dev"],
    "as-user-extra": { "example.com/reason": ["audit"] },
  });
  expect(await headersSeen(path)).toMatchObject({
    "impersonate-user": "jane",
    "impersonate-uid": "7",
    "impersonate-group": "ops, dev",
    "impersonate-extra-example.com%2freason": "audit",
  });
});

test("a plugin with a slash is relative to its kubeconfig, also to one that KUBECONFIG names", async () => {
  await mkdir(join(folder, "bin"));
  const plugin = join(folder, "bin", "plugin");
  await writeFile(plugin, `#!/bin/sh\necho '{ "status": { "token": "from-plugin" } }'\n`);
  await chmod(plugin, 0o755);
  process.env["KUBECONFIG"] = await kubeconfig({ exec: { command: "./bin/plugin" } });
  expect(await headersSeen(null)).toMatchObject({ authorization: "Bearer from-plugin" });
});
