import {
  type EtcdEntry,
  type EtcdOperation,
  REGISTRY_END,
  REGISTRY_START,
  decode,
  encode,
  keyAfter,
} from "./etcd-client.ts";

/** True for keys that come and go by themselves in an idle cluster: they are removed, but nobody waits for them. */
export function isPassing(key: string): boolean {
  return decode(key).startsWith("/registry/events/");
}

/** True for keys whose values their owners renew: put back when they are gone, else left alone. */
function isRenewed(key: string): boolean {
  return /^\/registry\/(master)?leases\//.test(decode(key));
}

/**
 * What has to be done so that etcd holds the baseline and nothing else. Removals are ranges between the baseline's keys,
 * so that a key written between the look and the transaction goes too.
 * @param baseline sorted by key
 * @param current sorted by key; values are not needed
 */
export function operationsBackTo(baseline: readonly EtcdEntry[], current: readonly EtcdEntry[]): EtcdOperation[] {
  const revisions = new Map(current.map((entry) => [entry.key, entry.mod_revision]));
  const puts = baseline.flatMap((entry): EtcdOperation[] => {
    const revision = revisions.get(entry.key);
    if (revision === entry.mod_revision || (revision !== undefined && isRenewed(entry.key))) return [];
    return [{ request_put: { key: entry.key, value: entry.value ?? "" } }];
  });
  return [...removals(baseline, current), ...puts];
}

/** True when only keys of the baseline are there, all of them, and what passes by itself. */
export function isAtBaseline(baseline: readonly EtcdEntry[], current: readonly EtcdEntry[]): boolean {
  const there = new Set(current.map((entry) => entry.key));
  const known = new Set(baseline.map((entry) => entry.key));
  return (
    baseline.every((entry) => there.has(entry.key)) &&
    current.every((entry) => known.has(entry.key) || isPassing(entry.key))
  );
}

/** One removal per gap between two keys of the baseline that has anything in it. */
function removals(baseline: readonly EtcdEntry[], current: readonly EtcdEntry[]): EtcdOperation[] {
  const known = new Set(baseline.map((entry) => entry.key));
  const keys = baseline.map((entry) => decode(entry.key));
  const gaps = new Map<number, EtcdOperation>();
  let next = 0;
  for (const { key } of current) {
    if (known.has(key)) continue;
    const text = decode(key);
    while (next < keys.length && (keys[next] ?? "") < text) next++;
    const before = baseline[next - 1];
    gaps.set(next, {
      request_delete_range: {
        key: before === undefined ? encode(REGISTRY_START) : keyAfter(before.key),
        range_end: baseline[next]?.key ?? encode(REGISTRY_END),
      },
    });
  }
  return [...gaps.values()];
}
