import { afterEach, expect, test } from "vitest";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import { type FakeCluster, refuse } from "./fake-cluster.ts";
import { line, listOf, open, type Scene, startWatchedCluster } from "./watched-cluster.ts";

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

function watches(): number {
  return cluster.seen.filter(({ query }) => query.has("watch")).length;
}

test("a look lists once and opens no watch", async () => {
  cluster = await startWatchedCluster([listOf("10", "a")], [open()]);
  cache = new WatchCache(cluster.client);
  await Promise.all([cache.look(CONFIG_MAP, "shop", signal), cache.look(CONFIG_MAP, "shop", signal)]);
  await cache.look(CONFIG_MAP, "shop", signal);
  expect([names(), cluster.seen.length, watches()]).toEqual([["a"], 1, 0]);
});

test("who then waits, watches on from that list", async () => {
  cluster = await startWatchedCluster([listOf("10", "a")], [open(line("ADDED", "11", "b"))]);
  cache = new WatchCache(cluster.client);
  await cache.look(CONFIG_MAP, "shop", signal);
  cache.follow(CONFIG_MAP, "shop");
  while (!names().includes("b")) await cache.changedSince(cache.version, signal);
  expect([cluster.seen.length, cluster.seen[1]?.query.get("resourceVersion")]).toEqual([2, "10"]);
});

test("what was seen before a moment that counts is listed anew; a watch goes on from there", async () => {
  const fromNew: Scene = (response, request) =>
    (request.query.get("resourceVersion") === "20" ? open(line("ADDED", "21", "c")) : open())(response, request);
  cluster = await startWatchedCluster([listOf("10", "old"), listOf("20", "new")], [fromNew]);
  cache = new WatchCache(cluster.client);
  await cache.ensure(CONFIG_MAP, "shop", signal);
  const since = performance.now();
  expect(cache.stateOf(CONFIG_MAP, "shop", { since })).toBe("unknown");
  const looked = cache.look(CONFIG_MAP, "shop", signal, { since });
  // Until the new list is there, others keep what they know.
  expect([names(), cache.stateOf(CONFIG_MAP, "shop")]).toEqual([["old"], "known"]);
  expect(cache.stateOf(CONFIG_MAP, "shop", { since })).toBe("unknown");
  await looked;
  expect([names(), cache.stateOf(CONFIG_MAP, "shop", { since })]).toEqual([["new"], "known"]);
  while (!names().includes("c")) await cache.changedSince(cache.version, signal);
  expect(cluster.seen.at(-1)?.query.get("resourceVersion")).toBe("20");
});

test("metadata is looked at apart, and sent without the rest", async () => {
  cluster = await startWatchedCluster([listOf("10", "a")], [open()]);
  cache = new WatchCache(cluster.client);
  await cache.look(CONFIG_MAP, "shop", signal, { detail: "metadata" });
  expect(cluster.seen[0]?.headers.accept).toContain("as=PartialObjectMetadataList");
  expect(cache.get({ ...CONFIG_MAP, namespace: "shop", name: "a" }, "metadata")?.metadata.name).toBe("a");
  expect(cache.stateOf(CONFIG_MAP, "shop")).toBe("unknown");
});

test("what may not be read says so, and is not asked for again by itself", async () => {
  const forbidden = 'User "bob" cannot list resource "configmaps" in API group ""';
  cluster = await startWatchedCluster([(response) => refuse(response, 403, "Forbidden", forbidden)], [open()]);
  cache = new WatchCache(cluster.client);
  await expect(cache.look(CONFIG_MAP, "shop", signal)).rejects.toMatchObject({ code: "forbidden" });
  expect(cache.stateOf(CONFIG_MAP, "shop")).toMatchObject({ code: "forbidden" });
  expect(cluster.seen).toHaveLength(1);
});
