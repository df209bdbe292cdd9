import { afterEach, expect, test } from "vitest";
import { RecordStore } from "../../src/state/record-store.ts";
import { INTENT } from "../plan/samples.ts";
import { startStoredObjects, type StoredObjects } from "./stored-objects.ts";

const SECRET = "/api/v1/namespaces/state/secrets/flotilla-stack-demo";
const signal = AbortSignal.timeout(20_000);
let cluster: StoredObjects | undefined;
afterEach(() => cluster?.close());

async function open(namespaces: readonly string[] = ["state"]): Promise<[StoredObjects, RecordStore]> {
  cluster = await startStoredObjects(namespaces);
  return [cluster, await RecordStore.open(cluster.client, "state", "demo", signal)];
}
const again = ({ client }: StoredObjects) => RecordStore.open(client, "state", "demo", signal);

test("an existing namespace is not touched, a missing one is made", async () => {
  const [there, store] = await open();
  await store.addNamespace("apps", signal);
  expect(there.seen.filter(({ path }) => /\/namespaces(\/[^/]+)?$/.test(path))).toEqual([]);
  await there.close();
  const [missing, other] = await open([]);
  await other.addNamespace("apps", signal);
  expect(missing.objects.has("/api/v1/namespaces/state")).toBe(true);
  expect((await again(missing)).record.namespaces).toEqual(["apps"]);
});

test("a withdrawn intent claims no revision", async () => {
  const [there, store] = await open();
  await store.announce("web", "apps", INTENT, signal);
  await store.withdraw("web", INTENT.owner.run, signal);
  expect((await again(there)).record.releases["web"]).toMatchObject({ revision: null, intent: null });
});

test("a run that was overtaken writes nothing over what the other one has done", async () => {
  const [there, store] = await open();
  const done = { namespace: "apps", revision: 2, inputsHash: "new", targets: [] };
  await store.announce("web", "apps", INTENT, signal);
  const overtaken = await again(there);
  await store.settle("web", done, INTENT.owner.run, signal);
  await store.announce("web", "apps", { ...INTENT, owner: { ...INTENT.owner, run: "other" } }, signal);
  await overtaken.settle("web", { ...done, revision: 1, inputsHash: "old" }, INTENT.owner.run, signal);
  await overtaken.withdraw("web", INTENT.owner.run, signal);
  expect((await again(there)).record.releases["web"]).toMatchObject({
    revision: 2,
    intent: { owner: { run: "other" } },
  });
});

test("a Secret that was touched by hand is written all the same, and keeps what was written there", async () => {
  const [there, store] = await open();
  await store.addNamespace("apps", signal);
  await (await again(there)).addNamespace("edge", signal);
  await store.addNamespace("web", signal);
  expect((await again(there)).record.namespaces).toEqual(["apps", "edge", "web"]);
});

test("tidying forgets what is absent, and removes a record that holds nothing more", async () => {
  const [there, store] = await open();
  await store.announce("web", "apps", INTENT, signal);
  await store.announce("db", "apps", INTENT, signal);
  await store.tidy([{ name: "db", namespace: "apps" }], signal);
  expect(Object.keys((await again(there)).record.releases)).toEqual(["db"]);
  await store.tidy([], signal);
  expect(there.objects.has(SECRET)).toBe(false);
});

test("changes that come together are written together, and one that is given up does not take the others along", async () => {
  const [there, store] = await open();
  const given = new AbortController();
  const writes = ["apps", "edge", "web"].map((name) =>
    store.addNamespace(name, name === "edge" ? given.signal : signal),
  );
  given.abort();
  await expect(writes[1]).rejects.toMatchObject({ code: "interrupted" });
  await Promise.all([writes[0], writes[2]]);
  expect(there.seen.filter(({ method }) => method !== "GET")).toHaveLength(1);
  expect((await again(there)).record.namespaces).toEqual(["apps", "edge", "web"]);
});
