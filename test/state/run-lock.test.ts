import { afterEach, beforeEach, expect, test } from "vitest";
import { thisProcess } from "../../src/runtime/process-identity.ts";
import { awaitFreeLock } from "../../src/state/await-lock.ts";
import { leaseFor, leaseRef, unrenewedMs } from "../../src/state/lease.ts";
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

test("whoever waits is told once for whom, and goes on when the lock is given back", async () => {
  const lock = await acquireRunLock(cluster.client, PLACE, await thisProcess("run-1"), signal);
  const told: string[] = [];
  const onWait = ({ message }: Error): void => void told.push(message);
  await expect(awaitFreeLock(cluster.client, PLACE, { waitMs: 1_200, onWait }, signal)).rejects.toMatchObject({
    code: "run-locked",
  });
  expect(told).toEqual([expect.stringContaining("run-1")]);
  const waiting = awaitFreeLock(cluster.client, PLACE, { waitMs: 10_000, onWait }, signal);
  await lock.release();
  await waiting;
  expect(cluster.objects.has(LEASE)).toBe(false);
});

test("a lock that nobody has renewed for its time, as seen while waiting, is taken over at once, though its process lives: it sleeps", async () => {
  const sleeping = leaseFor(leaseRef("state", "demo"), await thisProcess("run-1"), null);
  const renewTime = new Date(Date.now() - 60_000).toISOString();
  cluster.put(LEASE, { ...sleeping, spec: { ...sleeping.spec, renewTime } });
  const patient = AbortSignal.timeout(60_000);
  await awaitFreeLock(cluster.client, PLACE, { waitMs: 30_000, onWait: () => {} }, patient);
  const next = await thisProcess("run-2");
  // No second time of watching: it would not be there in time.
  const lock = await acquireRunLock(cluster.client, PLACE, next, AbortSignal.timeout(5_000));
  expect(await readLockHolder(cluster.client, PLACE, patient)).toEqual({ owner: next, expired: false });
  await lock.release();
}, 60_000);

test("how long a lease was not renewed counts from the first look at that version of it", async () => {
  const lease = (resourceVersion: string) => leaseFor(leaseRef("state", "demo"), OWNER, resourceVersion);
  expect(unrenewedMs(lease("a"))).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(unrenewedMs(lease("a"))).toBeGreaterThan(10);
  expect(unrenewedMs(lease("b"))).toBe(0);
});

const OWNER = { run: "run-0", host: "elsewhere", pid: 1, processStarted: "boot/1" };
