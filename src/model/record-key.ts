import type { RecordedRelease, StackRecord } from "./observed.ts";

/**
 * Under which key a record keeps a release: its name, as a stack has one release of a name. One that moved to another
 * namespace is another release to Helm: what it left behind is kept as `NAMESPACE/NAME` until it is gone.
 */
export function recordKey(record: Pick<StackRecord, "releases">, name: string, namespace: string): string {
  const left = `${namespace}/${name}`;
  return Object.hasOwn(record.releases, left) ? left : name;
}

/** What a record holds of a release; null when it holds nothing. */
export function recordedRelease(
  record: Pick<StackRecord, "releases">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): RecordedRelease | null {
  return record.releases[recordKey(record, name, namespace)] ?? null;
}
