import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlreadyExists, isConflict, isGone } from "../../src/kube/api-error.ts";
import { connect } from "../../src/kube/connect.ts";
import type { KubeClient } from "../../src/kube/kube-client.ts";
import { WatchedView } from "../../src/execute/watched-view.ts";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import { isClusterScoped } from "../../src/manifest/cluster-scope.ts";
import type { KubeObject, ObjectRef } from "../../src/model/kube-object.ts";
import { evaluate } from "../../src/readiness/evaluate.ts";
import { summarise } from "../../src/readiness/summary.ts";
import { readinessTargets } from "../../src/readiness/targets.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const signal = AbortSignal.timeout(110_000);
const NAMESPACE = "watching";
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const PATH = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
let sandbox: TestSandbox;
let client: KubeClient;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  client = await connect(sandbox);
  folder = await mkdtemp(join(tmpdir(), "flotilla-watch-"));
  await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }, signal);
});

afterAll(async () => {
  client?.close();
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function configMap(name: string, value: string): KubeObject {
  return { ...CONFIG_MAP, metadata: { name, namespace: NAMESPACE }, data: { value } };
}

function refTo(name: string): ObjectRef {
  return { ...CONFIG_MAP, namespace: NAMESPACE, name };
}

/** The sandbox's kubeconfig with other fields of its cluster and user. */
async function kubeconfigWith(cluster: object, user: object): Promise<string> {
  const config = parse(await readFile(sandbox.kubeconfig, "utf8")) as {
    clusters: { cluster: object }[];
    users: { user: Record<string, string> }[];
  };
  const near = dirname(sandbox.kubeconfig);
  for (const each of config.clusters) each.cluster = { ...each.cluster, ...cluster };
  for (const each of config.users) {
    const files = Object.entries(each.user).map(([key, value]) => [
      key,
      key.endsWith("-data") ? value : resolve(near, value),
    ]);
    each.user = { ...Object.fromEntries(files), ...user } as Record<string, string>;
  }
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, stringify(config));
  return path;
}

async function clientWith(cluster: object, user: object): Promise<KubeClient> {
  return connect({ kubeconfig: await kubeconfigWith(cluster, user), context: sandbox.context });
}

test("objects of our own: made, changed, taken over, removed", async () => {
  expect(await client.version(signal)).toMatch(/^v1\.\d+\.\d+/);
  expect(await client.get(refTo("own"), signal)).toBeNull();
  const made = await client.create(configMap("own", "1"), signal);
  expect(isAlreadyExists(await client.create(configMap("own", "1"), signal).catch((error: unknown) => error))).toBe(
    true,
  );
  await sandbox.api.send("PATCH", `${PATH}/own`, { data: { other: "x" } }, "application/merge-patch+json");
  const stale = await client.update({ ...made, data: { value: "2" } }, signal).catch((error: unknown) => error);
  expect(isConflict(stale)).toBe(true);
  await client.mergePatch(refTo("own"), { data: { other: null } }, signal);
  await client.apply(configMap("own", "3"), { force: true }, signal);
  expect(await client.get(refTo("own"), signal)).toMatchObject({ data: { value: "3" } });
  expect(await client.remove(refTo("own"), { uid: "another" }, signal).catch(isConflict)).toBe(true);
  expect(await client.remove(refTo("own"), {}, signal)).toBe(true);
  expect(await client.remove(refTo("own"), {}, signal)).toBe(false);
});

test("a dry run shows what admission makes of an object and stores nothing", async () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "dry", namespace: NAMESPACE },
    spec: { containers: [{ name: "c", image: "example.com/i:1" }] },
  };
  expect(await client.dryRunCreate(pod, 5, signal)).toMatchObject({ spec: { restartPolicy: "Always" } });
  expect(await client.get({ apiVersion: "v1", kind: "Pod", namespace: NAMESPACE, name: "dry" }, signal)).toBeNull();
});

test("pages of a list are one state", async () => {
  const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
  for (const name of names) await client.create(configMap(name, "x"), signal);
  const list = await client.list(CONFIG_MAP, NAMESPACE, { pageSize: 3, metadataOnly: true }, signal);
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(names));
  expect(list.items.every((item) => item["data"] === undefined && item.kind === "ConfigMap")).toBe(true);
});

test("a cache sees what others do", async () => {
  const cache = new WatchCache(client);
  try {
    await cache.ensure(CONFIG_MAP, NAMESPACE, signal);
    const until = async (check: (object: KubeObject | null) => boolean): Promise<void> => {
      while (!check(cache.get(refTo("seen")))) await cache.changedSince(cache.version, signal);
    };
    await sandbox.api.send("POST", PATH, configMap("seen", "1"));
    await until((object) => object !== null);
    await sandbox.api.send("PATCH", `${PATH}/seen`, { data: { value: "2" } }, "application/merge-patch+json");
    await until((object) => JSON.stringify(object?.["data"]) === '{"value":"2"}');
    expect(cache.get(refTo("seen"))?.metadata["managedFields"]).toBeUndefined();
    await sandbox.api.send("DELETE", `${PATH}/seen`);
    await until((object) => object === null);
  } finally {
    cache.close();
  }
});

test("a deployment and its load balancer get ready before our eyes", async () => {
  const metadata = { name: "web", namespace: NAMESPACE };
  const labels = { app: "web" };
  const manifest: readonly KubeObject[] = [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "example.com/i:1" }] } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { type: "LoadBalancer", selector: labels, ports: [{ port: 80 }] },
    },
  ];
  const targets = readinessTargets(manifest, NAMESPACE, isClusterScoped);
  const cache = new WatchCache(client);
  try {
    const view = new WatchedView(cache, { onForbidden: () => {} });
    const look = () => view.settled((seen) => summarise(evaluate(targets, seen)), signal);
    expect((await look()).awaiting).toEqual(["Deployment web to exist", "Service web to exist"]);
    view.follow();
    for (const object of manifest) await client.create(object, signal);
    for (let version = cache.version; (await look()).ready < targets.length; version = cache.version) {
      view.follow();
      await cache.changedSince(version, signal);
    }
    expect(await look()).toEqual({ ready: 2, total: 2, awaiting: [], failed: [] });
  } finally {
    cache.close();
  }
});

test("a kind that comes while we run is found, and its past is not asked for in vain", async () => {
  const widget = { apiVersion: "test.example/v1", kind: "Widget", metadata: { name: "w", namespace: NAMESPACE } };
  const ref = { apiVersion: "test.example/v1", kind: "Widget", namespace: NAMESPACE, name: "w" };
  expect(await client.get(ref, signal)).toBeNull();
  const definition: KubeObject = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.test.example" },
    spec: {
      group: "test.example",
      scope: "Namespaced",
      names: { kind: "Widget", plural: "widgets" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
    },
  };
  const targets = readinessTargets([definition], NAMESPACE, isClusterScoped);
  const cache = new WatchCache(client);
  try {
    await cache.ensure(definition, null, signal);
    await client.create(definition, signal);
    const view = new WatchedView(cache, { onForbidden: () => {} });
    for (let version = cache.version; ; version = cache.version) {
      const { ready } = await view.settled((seen) => summarise(evaluate(targets, seen)), signal);
      if (ready > 0) break;
      await cache.changedSince(version, signal);
    }
  } finally {
    cache.close();
  }
  // Established says that it will be served at once, not that every part of the server knows yet.
  await expect
    .poll(
      () =>
        client.create(widget, signal).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true);
  expect(await client.get(ref, signal)).toMatchObject(widget);
  // The server's memory of a kind begins with the kind.
  const tooOld = await client.openWatch(widget, NAMESPACE, { resourceVersion: "1", silenceMs: 10_000 }, signal);
  const read = async (): Promise<unknown> => {
    for await (const event of tooOld) return event;
    return null;
  };
  expect(isGone(await read().catch((error: unknown) => error))).toBe(true);
});

test("who may not, is told what", async () => {
  const nobody = await clientWith({}, { as: "nobody" });
  try {
    await expect(nobody.list(CONFIG_MAP, NAMESPACE, {}, signal)).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(
        /^Not allowed to list configmaps in namespace watching: .*User "nobody" cannot list/,
      ),
    });
    await expect(new WatchCache(nobody).ensure(CONFIG_MAP, NAMESPACE, signal)).rejects.toMatchObject({
      code: "forbidden",
    });
  } finally {
    nobody.close();
  }
});

test("who is not known, is told so", async () => {
  const stranger = await clientWith(
    {},
    {
      token: "wrong",
      "client-certificate": undefined,
      "client-key": undefined,
      "client-certificate-data": undefined,
      "client-key-data": undefined,
    },
  );
  try {
    await expect(stranger.version(signal)).rejects.toMatchObject({ code: "cluster-unauthorized" });
  } finally {
    stranger.close();
  }
});

test("a server with a certificate of somebody else's is not talked to", async () => {
  const other = await clientWith(
    { "certificate-authority": undefined, "certificate-authority-data": undefined, "insecure-skip-tls-verify": false },
    {},
  );
  try {
    await expect(other.version(signal)).rejects.toMatchObject({
      code: "cluster-unreachable",
      message: expect.stringMatching(/its certificate is (not from the authority|self-signed)/),
    });
  } finally {
    other.close();
  }
});
