import { afterEach, expect, test } from "vitest";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "./fake-cluster.ts";
import { line, listOf, open, startWatchedCluster } from "./watched-cluster.ts";

const { signal } = new AbortController();
const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
let cluster: FakeCluster;
let cache: WatchCache;

afterEach(async () => {
  cache.close();
  await cluster.close();
});

function names(): readonly string[] {
  return cache.list(CONFIG_MAP, "shop").map(({ metadata }) => metadata.name);
}

test("asked for twice, watched once; the newest state by name", async () => {
  cluster = await startWatchedCluster(
    [listOf("10", "a", "b")],
    [open(line("DELETED", "11", "a"), line("MODIFIED", "12", "b"), line("ADDED", "13", "c"))],
  );
  cache = new WatchCache(cluster.client);
  await Promise.all([cache.ensure(CONFIG_MAP, "shop", signal), cache.ensure(CONFIG_MAP, "shop", signal)]);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  while (!names().includes("c")) await cache.changedSince(cache.version, signal);
  expect(names()).toEqual(["b", "c"]);
  expect(cache.get({ ...CONFIG_MAP, namespace: "shop", name: "a" })).toBeNull();
  expect(cache.get({ ...CONFIG_MAP, namespace: "shop", name: "b" })?.metadata.resourceVersion).toBe("12");
  expect(cluster.seen).toHaveLength(2);
});

test("a list made anew forgets what is gone", async () => {
  const gone = `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } })}\n`;
  cluster = await startWatchedCluster([listOf("10", "a"), listOf("20", "b")], [open(gone), open()]);
  cache = new WatchCache(cluster.client);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  while (names().includes("a")) await cache.changedSince(cache.version, signal);
  expect(names()).toEqual(["b"]);
});

test("a change between the look and the wait is not missed", async () => {
  cluster = await startWatchedCluster([listOf("10", "a")], [open()]);
  cache = new WatchCache(cluster.client);
  const { version } = cache;
  await cache.ensure(CONFIG_MAP, "shop", signal);
  await cache.changedSince(version, signal);
  expect(names()).toEqual(["a"]);
});

test("events of one chunk are told as one", async () => {
  const events = Array.from({ length: 50 }, (_, index) => line("ADDED", String(11 + index), `n${index}`)).join("");
  cluster = await startWatchedCluster([listOf("10")], [open(events)]);
  cache = new WatchCache(cluster.client);
  let told = 0;
  cache.subscribe(() => (told += 1));
  await cache.ensure(CONFIG_MAP, "shop", signal);
  while (names().length < 50) await cache.changedSince(cache.version, signal);
  expect(told).toBeLessThan(10);
});

test("what is not permitted fails those who ask for it, and nobody else", async () => {
  cluster = await startFakeCluster((request, response) => {
    const { path, query } = request;
    if (path.endsWith("secrets")) refuse(response, 403, "Forbidden", 'User "bob" cannot list resource "secrets"');
    else if (query.has("watch")) open(line("ADDED", "11", "late"))(response, request);
    else answer(response, 200, { metadata: { resourceVersion: "10" }, items: [] });
  });
  cache = new WatchCache(cluster.client);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  const secret = { apiVersion: "v1", kind: "Secret" };
  await expect(cache.ensure(secret, "shop", signal)).rejects.toMatchObject({ code: "forbidden" });
  expect(() => cache.get({ ...secret, namespace: "shop", name: "s" })).toThrow("Not allowed to list secrets");
  while (names().length === 0) await cache.changedSince(cache.version, signal);
  expect(names()).toEqual(["late"]);
});

test("what is not watched must not be taken for missing", async () => {
  cluster = await startWatchedCluster([listOf("10", "a")], [open()]);
  cache = new WatchCache(cluster.client);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  expect(() => cache.get({ ...CONFIG_MAP, namespace: "other", name: "a" })).toThrow("not watched");
});

test("definitions are kept without their schemas, objects without managed fields", async () => {
  const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
  const item = {
    metadata: { name: "gateways.x", managedFields: [{ manager: "helm" }], labels: { a: "b" } },
    spec: { group: "x", names: { kind: "Gateway" }, versions: [{ schema: "large" }] },
    status: { conditions: [{ type: "Established", status: "True" }] },
  };
  cluster = await startWatchedCluster(
    [(response) => answer(response, 200, { metadata: { resourceVersion: "1" }, items: [item] })],
    [open()],
  );
  cache = new WatchCache(cluster.client);
  await cache.ensure(definition, null, signal);
  expect(cache.list(definition, null)).toEqual([
    {
      ...definition,
      metadata: { name: "gateways.x", labels: { a: "b" } },
      spec: { group: "x", names: { kind: "Gateway" } },
      status: item.status,
    },
  ]);
});

test("whoever waits is let go on abort and on close", async () => {
  cluster = await startWatchedCluster([listOf("10")], [open()]);
  cache = new WatchCache(cluster.client);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  await cache.changedSince(-1, signal);
  const user = new AbortController();
  const aborted = cache.changedSince(cache.version, user.signal);
  user.abort();
  await expect(aborted).rejects.toMatchObject({ code: "interrupted" });
  const closed = cache.changedSince(cache.version, signal);
  cache.close();
  await expect(closed).rejects.toMatchObject({ code: "interrupted" });
  await expect(cache.ensure(CONFIG_MAP, "shop", signal)).rejects.toMatchObject({ code: "interrupted" });
});
