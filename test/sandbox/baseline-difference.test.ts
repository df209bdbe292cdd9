import { expect, test } from "vitest";
import { isAtBaseline, operationsBackTo } from "../../src/sandbox/baseline-difference.ts";
import { type EtcdEntry, type EtcdOperation, decode, encode } from "../../src/sandbox/etcd-client.ts";

function entry(key: string, revision = "1", value = `value of ${key}`): EtcdEntry {
  return { key: encode(key), value: encode(value), mod_revision: revision };
}

/** What etcd does with a transaction. */
function apply(entries: readonly EtcdEntry[], operations: readonly EtcdOperation[]): string[] {
  const store = new Map(entries.map(({ key, value }) => [decode(key), decode(value ?? "")]));
  for (const operation of operations) {
    if ("request_put" in operation) store.set(decode(operation.request_put.key), decode(operation.request_put.value));
    else {
      const [from, to] = [decode(operation.request_delete_range.key), decode(operation.request_delete_range.range_end)];
      for (const key of store.keys()) if (key >= from && key < to) store.delete(key);
    }
  }
  return [...store].map(([key, value]) => `${key}=${value}`).sort();
}

const BASE = [
  entry("/registry/leases/kube-node-lease/node-1"),
  entry("/registry/minions/node-1"),
  entry("/registry/namespaces/default"),
  entry("/registry/pods/x"),
];
const AT_BASE = BASE.map(({ key, value }) => `${decode(key)}=${decode(value ?? "")}`).sort();

test.each<[string, EtcdEntry[]]>([
  ["nothing has changed", BASE],
  [
    "something was added before, between and behind",
    [entry("/registry/a"), ...BASE, entry("/registry/namespaces/a"), entry("/registry/z")],
  ],
  ["a name is the beginning of another", [...BASE, entry("/registry/pods/x/y"), entry("/registry/pods/x0")]],
  [
    "something was changed",
    BASE.map((one) => (decode(one.key).includes("minions") ? entry(decode(one.key), "7", "other") : one)),
  ],
  ["something was removed", BASE.slice(2)],
  ["everything was removed", []],
])("a reset brings back the baseline when %s", (_, entries) => {
  const current = entries.toSorted((a, b) => (decode(a.key) < decode(b.key) ? -1 : 1));
  expect(apply(current, operationsBackTo(BASE, current))).toEqual(AT_BASE);
});

test("leases that are renewed are left alone, and an unchanged cluster is not written to", () => {
  const renewed = [entry("/registry/leases/kube-node-lease/node-1", "9", "renewed"), ...BASE.slice(1)];
  expect(operationsBackTo(BASE, renewed)).toEqual([]);
});

test("a removal reaches keys that came between the look and the transaction", () => {
  const operations = operationsBackTo(BASE, [...BASE, entry("/registry/pods/y")]);
  const since = [...BASE, entry("/registry/pods/y"), entry("/registry/pods/z-came-later")];
  expect(apply(since, operations)).toEqual(AT_BASE);
});

test("events come and go: they do not count, everything else does", () => {
  expect(isAtBaseline(BASE, [...BASE, entry("/registry/events/default/e")])).toBe(true);
  expect(isAtBaseline(BASE, [...BASE, entry("/registry/pods/y")])).toBe(false);
  expect(isAtBaseline(BASE, BASE.slice(1))).toBe(false);
});
