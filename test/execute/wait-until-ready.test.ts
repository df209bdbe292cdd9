import { afterEach, describe, expect, test } from "vitest";
import { NotReadyError, type Wait, waitUntilReady } from "../../src/execute/wait-until-ready.ts";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { Progress } from "../../src/model/readiness.ts";
import type { ClusterView } from "../../src/readiness/cluster-view.ts";
import { type FakeCluster, refuse } from "../kube/fake-cluster.ts";
import { line, listOf, open, type Scene, startWatchedCluster } from "../kube/watched-cluster.ts";

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
let cluster: FakeCluster;
let cache: WatchCache;

afterEach(async () => {
  cache.close();
  await cluster.close();
});

/** Ready when all of these ConfigMaps are there. */
function awaiting(...names: readonly string[]): (view: ClusterView) => Progress {
  return (view) => {
    const missing = names.filter((name) => view.get({ ...CONFIG_MAP, namespace: "shop", name }) === null);
    return { ready: names.length - missing.length, total: names.length, awaiting: missing, failed: [] };
  };
}

async function waitFor(
  lists: readonly Scene[],
  watches: readonly Scene[],
  wait: Partial<Wait>,
): Promise<{ readonly told: readonly Progress[]; readonly forbidden: readonly string[]; readonly error: unknown }> {
  cluster = await startWatchedCluster(lists, watches);
  cache = new WatchCache(cluster.client);
  const told: Progress[] = [];
  const forbidden: string[] = [];
  const error: unknown = await waitUntilReady(cache, {
    judge: awaiting("a"),
    onProgress: (progress) => told.push(progress),
    onForbidden: ({ message }) => forbidden.push(message),
    signal: new AbortController().signal,
    ...wait,
  }).catch((thrown: unknown) => thrown);
  return { told, forbidden, error };
}

const watched = (): number => cluster.seen.filter(({ query }) => query.has("watch")).length;

test("what is ready already costs one list and no watch", async () => {
  const { error } = await waitFor([listOf("10", "a")], [open()], {});
  expect([error, cluster.seen.length, watched()]).toEqual([undefined, 1, 0]);
});

test("what is not is watched until it is, and each step is told once", async () => {
  const watches = [open(line("ADDED", "11", "x"), line("ADDED", "12", "a"), line("ADDED", "13", "b"))];
  const { told, error } = await waitFor([listOf("10")], watches, { judge: awaiting("a", "b") });
  expect(error).toBeUndefined();
  expect([told[0]?.awaiting, told.at(-1)?.ready]).toEqual([["a", "b"], 2]);
  expect(watched()).toBe(1);
});

test("rules see nothing of a kind until they see all of it, however much each look asks for", async () => {
  const judge = (view: ClusterView): Progress => {
    const [first] = view.list(CONFIG_MAP, "shop") ?? [];
    // What is looked at next depends on what was found.
    const second = first === undefined ? null : view.get({ ...CONFIG_MAP, namespace: first.metadata.name, name: "a" });
    return { ready: second === null ? 0 : 1, total: 1, awaiting: second === null ? ["a"] : [], failed: [] };
  };
  const { told, error } = await waitFor([listOf("10", "a"), listOf("11", "a")], [open()], { judge });
  expect([error, told.map(({ ready }) => ready)]).toEqual([undefined, [1]]);
  expect(cluster.seen.map(({ path }) => path)).toEqual([
    "/api/v1/namespaces/shop/configmaps",
    "/api/v1/namespaces/a/configmaps",
  ]);
});

describe("it ends", () => {
  test("with what was missing when its time is over", async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new FlotillaError("timeout", "Not done within 1s."));
    const { error } = await waitFor([listOf("10")], [open()], { signal: stop.signal, onProgress });
    expect(error).toBeInstanceOf(NotReadyError);
    expect(error).toMatchObject({
      code: "timeout",
      message: "Not done within 1s. Still awaited: a.",
      progress: { awaiting: ["a"] },
    });
  });

  test("at once when something has failed for good", async () => {
    const object = { ...CONFIG_MAP, namespace: "shop", name: "a" };
    const judge = (): Progress => ({ ready: 0, total: 1, awaiting: ["a"], failed: [{ object, reason: "it broke" }] });
    const { error } = await waitFor([listOf("10")], [open()], { judge });
    expect(error).toMatchObject({ code: "run-failed", message: "It cannot get ready: it broke." });
  });

  test("without a kind that may not be read, which is told", async () => {
    const text = 'User "bob" cannot list resource "configmaps" in API group ""';
    const judge = (view: ClusterView): Progress => {
      const unreadable = view.list(CONFIG_MAP, "shop") === null;
      return { ready: unreadable ? 1 : 0, total: 1, awaiting: [], failed: [] };
    };
    const { error, forbidden } = await waitFor([(response) => refuse(response, 403, "Forbidden", text)], [open()], {
      judge,
    });
    expect(error).toBeUndefined();
    expect(forbidden[0]).toContain("Not allowed to list configmaps in namespace shop");
  });

  test("when a kind that the cluster did not serve has come", async () => {
    const unknown: Scene = (response) =>
      refuse(response, 404, "NotFound", "the server could not find the requested resource");
    const { error, told } = await waitFor([unknown, unknown, listOf("10", "a")], [open()], {});
    expect([error, told.map(({ ready }) => ready)]).toEqual([undefined, [0, 1]]);
  });
});
