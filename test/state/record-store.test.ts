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
  await store.withdraw("web", signal);
  expect((await again(there)).record.releases["web"]).toMatchObject({ revision: null, intent: null });
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
