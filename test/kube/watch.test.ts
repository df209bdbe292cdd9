import { afterEach, expect, test } from "vitest";
import type { FlotillaError } from "../../src/model/errors.ts";
import { follow, type WatchTimes } from "../../src/kube/watch.ts";
import { type FakeCluster, refuse } from "./fake-cluster.ts";
import { closing, cut, line, listOf, open, type Scene, startWatchedCluster } from "./watched-cluster.ts";

const TIMES: WatchTimes = { silenceMs: 10_000, patienceMs: 10_000, firstWaitMs: 1, longestWaitMs: 20 };
const SELECTION = { kind: { apiVersion: "v1", kind: "ConfigMap" }, namespace: "shop" };
const forbidden: Scene = (response) =>
  refuse(response, 403, "Forbidden", 'User "bob" cannot list resource "configmaps" in API group ""');
const gone: Scene = (response) => refuse(response, 410, "Expired", "too old resource version");

let cluster: FakeCluster;
afterEach(() => cluster.close());

/** Follows until `last` has been seen, or until the watch gives up. */
async function watchUntil(
  last: string,
  lists: readonly Scene[],
  watches: readonly Scene[],
  times: Partial<WatchTimes> = {},
): Promise<{ readonly told: readonly string[]; readonly ended: FlotillaError | null }> {
  cluster = await startWatchedCluster(lists, watches);
  const stop = new AbortController();
  const told: string[] = [];
  const tell = (text: string): void => {
    told.push(text);
    if (text === last) stop.abort();
  };
  const handler = {
    listed: (objects: readonly { metadata: { name: string } }[]) =>
      tell(`list ${objects.map(({ metadata }) => metadata.name).join(" ")}`),
    changed: ({ metadata }: { metadata: { name: string } }) => tell(`changed ${metadata.name}`),
    deleted: ({ metadata }: { metadata: { name: string } }) => tell(`deleted ${metadata.name}`),
  };
  const ended = await follow(cluster.client, SELECTION, handler, { ...TIMES, ...times }, stop.signal);
  return { told, ended };
}

/** The resourceVersions that watches began from. */
function began(): readonly (string | null)[] {
  return cluster.seen.filter(({ query }) => query.has("watch")).map(({ query }) => query.get("resourceVersion"));
}

test("lists, then follows from there, in order", async () => {
  const events = [line("ADDED", "11", "c"), line("MODIFIED", "12", "a"), line("DELETED", "13", "b")];
  const { told, ended } = await watchUntil("deleted b", [listOf("10", "a", "b")], [open(...events)]);
  expect(told).toEqual(["list a b", "changed c", "changed a", "deleted b"]);
  expect(ended).toBeNull();
  const [list, watch] = cluster.seen;
  expect([list?.path, watch?.path]).toEqual(Array(2).fill("/api/v1/namespaces/shop/configmaps"));
  expect(began()).toEqual(["10"]);
  expect(watch?.query.get("allowWatchBookmarks")).toBe("true");
});

test("a stream that ends is resumed where it ended, bookmarks included, without a list", async () => {
  const watches = [
    closing(line("ADDED", "11", "a")),
    closing(line("BOOKMARK", "50")),
    closing(),
    open(line("ADDED", "51", "z")),
  ];
  const { told } = await watchUntil("changed z", [listOf("10")], watches);
  expect(told).toEqual(["list ", "changed a", "changed z"]);
  expect(began()).toEqual(["10", "11", "50", "50"]);
});

test("a stream cut within a line is resumed after the last whole event", async () => {
  const watches = [cut(`${line("ADDED", "11", "a")}{"type":"ADD`), open(line("ADDED", "12", "b"))];
  const { told } = await watchUntil("changed b", [listOf("10")], watches);
  expect(told).toEqual(["list ", "changed a", "changed b"]);
  expect(began()).toEqual(["10", "11"]);
});

const goneEvent = `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } })}\n`;

test.each([
  ["as an answer", gone],
  ["as an event", open(goneEvent)],
])("a past that is forgotten, %s: listed again", async (_name, scene) => {
  const lists = [listOf("10", "a"), listOf("90", "b")];
  const { told } = await watchUntil("changed c", lists, [scene, open(line("ADDED", "91", "c"))]);
  expect(told).toEqual(["list a", "list b", "changed c"]);
  expect(began()).toEqual(["10", "90"]);
});

test("a silent stream is opened anew", async () => {
  const watches = [open(line("ADDED", "11", "a")), open(line("ADDED", "12", "b"))];
  const { told } = await watchUntil("changed b", [listOf("10")], watches, { silenceMs: 60 });
  expect(told).toEqual(["list ", "changed a", "changed b"]);
  expect(began()).toEqual(["10", "11"]);
});

test("a stream whose lines come in pieces", async () => {
  const text = line("ADDED", "11", "größe");
  const bytes = Buffer.from(text, "utf8");
  const piecewise: Scene = (response) => {
    response.writeHead(200);
    const write = (at: number): void => {
      if (at < bytes.length) response.write(bytes.subarray(at, at + 7), () => setImmediate(() => write(at + 7)));
    };
    write(0);
  };
  expect((await watchUntil("changed größe", [listOf("10")], [piecewise])).told).toEqual(["list ", "changed größe"]);
});

test("a first list that is forbidden ends the watch with the reason", async () => {
  const { told, ended } = await watchUntil("never", [forbidden], [open()]);
  expect(told).toEqual([]);
  expect(ended).toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("list configmaps in namespace shop"),
  });
});

test("a watch that is forbidden for a while is taken up again", async () => {
  const { told } = await watchUntil(
    "changed a",
    [listOf("10")],
    [forbidden, forbidden, open(line("ADDED", "11", "a"))],
  );
  expect(told).toEqual(["list ", "changed a"]);
});

test("faults without end exhaust its patience", async () => {
  const broken: Scene = (response) => refuse(response, 500, "InternalError", "etcd is away");
  const { ended } = await watchUntil("never", [listOf("10")], [broken], { patienceMs: 100 });
  expect(ended).toMatchObject({ code: "api-failed", message: expect.stringContaining("etcd is away") });
});

test("a server that ends every stream at once is not asked without pause", async () => {
  cluster = await startWatchedCluster([listOf("10")], [closing()]);
  const stop = new AbortController();
  const handler = { listed: () => {}, changed: () => {}, deleted: () => {} };
  const times = { ...TIMES, firstWaitMs: 50, longestWaitMs: 10_000 };
  setTimeout(() => stop.abort(), 500);
  expect(await follow(cluster.client, SELECTION, handler, times, stop.signal)).toBeNull();
  // 25–50, 50–100, 100–200, 200–400 ms: at most six begin within half a second.
  expect(began().length).toBeLessThanOrEqual(6);
  expect(began().length).toBeGreaterThanOrEqual(2);
});
