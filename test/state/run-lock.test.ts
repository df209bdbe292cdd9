import { afterEach, beforeEach, expect, test } from "vitest";
import { thisProcess } from "../../src/runtime/process-identity.ts";
import { acquireRunLock, readLockHolder } from "../../src/state/run-lock.ts";
import { startStoredObjects, type StoredObjects } from "./stored-objects.ts";

const PLACE = { namespace: "state", stack: "demo" };
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/state/leases/flotilla-demo";
const signal = AbortSignal.timeout(20_000);
let cluster: StoredObjects;
beforeEach(async () => {
  cluster = await startStoredObjects(["state"]);
});
afterEach(() => cluster.close());

test("a lock names its holder, keeps others out and is gone when it is given back", async () => {
  const owner = await thisProcess("run-1");
  const lock = await acquireRunLock(cluster.client, PLACE, owner, signal);
  expect(await readLockHolder(cluster.client, PLACE, signal)).toEqual({ owner, expired: false });
  const second = acquireRunLock(cluster.client, PLACE, await thisProcess("run-2"), signal);
  await expect(second).rejects.toMatchObject({ code: "run-locked", message: expect.stringContaining("run-1") });
  await lock.release();
  expect(cluster.objects.has(LEASE)).toBe(false);
});

test("of two that take over a dead run's lock at once, one gets it and the other is told", async () => {
  const dead = { ...(await thisProcess("run-0")), pid: 2 ** 22 + 1 };
  const first = await acquireRunLock(cluster.client, PLACE, dead, signal);
  const tries = await Promise.allSettled(
    ["run-1", "run-2"].map(async (run) => acquireRunLock(cluster.client, PLACE, await thisProcess(run), signal)),
  );
  const won = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const refused = tries.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  expect(won).toHaveLength(1);
  expect(refused).toEqual([expect.objectContaining({ code: "run-locked" })]);
  await first.release();
  expect(cluster.objects.has(LEASE)).toBe(true);
  await won[0]?.release();
  expect(cluster.objects.has(LEASE)).toBe(false);
});
