import { afterEach, expect, test } from "vitest";
import type { RunState } from "../../src/execute/run-state.ts";
import { waitUntilGone } from "../../src/execute/wait-until-gone.ts";
import { WatchCache } from "../../src/kube/watch-cache.ts";
import type { RunEvent } from "../../src/model/events.ts";
import type { KubeObject, ObjectRef } from "../../src/model/kube-object.ts";
import type { FakeCluster } from "../kube/fake-cluster.ts";
import { line, listOf, open, type Scene, startWatchedCluster } from "../kube/watched-cluster.ts";
import { releaseStep } from "../report/samples.ts";

const A: ObjectRef = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "a" };
let cluster: FakeCluster;
let watch: WatchCache;

afterEach(async () => {
  watch.close();
  await cluster.close();
});

/** Waits for ConfigMap `a`. @param uid its uid when the wait begins; null when it is gone by then */
async function gone(uid: string | null | undefined, lists: readonly Scene[], watches: readonly Scene[]) {
  cluster = await startWatchedCluster(lists, watches);
  watch = new WatchCache(cluster.client);
  const events: RunEvent[] = [];
  const found: KubeObject = { ...A, metadata: { name: "a", namespace: "shop", ...(uid && { uid }) } };
  const { signal } = new AbortController();
  const run = {
    client: { get: () => Promise.resolve(uid === null ? null : found) } as unknown as RunState["client"],
    watch,
    told: new Set<string>(),
    context: { signal, emit: (event: RunEvent) => events.push(event) },
  };
  await waitUntilGone(run, releaseStep("web", []), [A], signal);
  return events.flatMap((event) => (event.type === "step-progress" ? event.awaiting : []));
}

test("what is gone is not watched", async () => {
  expect(await gone(null, [], [])).toEqual([]);
  expect(cluster.seen).toEqual([]);
});

test("what is there is named until it goes", async () => {
  expect(await gone(undefined, [listOf("10", "a")], [open(line("DELETED", "11", "a"))])).toContain(
    "ConfigMap a to be gone",
  );
});

test("one that was made anew under its name is another", async () => {
  expect(await gone("the-old-one", [listOf("10", "a")], [open()])).toEqual([]);
});
