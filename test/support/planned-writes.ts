import { type AuditedWrite, objectId } from "./audit-log.ts";
import type { KubeJson } from "./cluster-api.ts";

/** `change group/Kind namespace/name`: what the steps of a plan do to which objects, drift put right included; sorted. */
export function changesOf({ steps }: KubeJson): readonly string[] {
  return [...new Set<string>(steps.flatMap(stepChanges))].toSorted();
}

function stepChanges({ changes = [], drift = [] }: KubeJson): readonly string[] {
  return [
    ...changes.map((change: KubeJson) => `${change["change"]} ${objectId(change)}`),
    ...drift.map((found: KubeJson) => `${found["drift"] === "missing" ? "add" : "change"} ${objectId(found)}`),
  ];
}

/** Those that helm does something for; an uninstall has a kind of its own. */
export function releaseSteps({ steps }: KubeJson): readonly KubeJson[] {
  return steps.filter(({ kind }: KubeJson) => kind === "release" || kind === "prune");
}

/** Helm's own record of a release's revision. */
const HELM_RECORD = /^\/Secret ([^/]+)\/sh\.helm\.release\.v1\.(.+)\.v\d+$/;

/** What helm did to a release's objects, between its first and its last note about the release. */
export interface ReleaseWrites {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Like {@link changesOf}, with what a change did in the end: nothing that was put in and taken away again. */
  readonly changes: readonly string[];
}

/**
 * Sorts helm's writes by the step whose release they belong to: the one that the plan names the object for. What no step
 * names, and what comes before or after helm's work on the step's release, is `unplanned`.
 */
export function helmWrites(
  { steps }: KubeJson,
  writes: readonly AuditedWrite[],
): { readonly byStep: ReadonlyMap<string, ReleaseWrites>; readonly unplanned: readonly string[] } {
  const helm = writes.filter(({ agent }) => agent === "helm");
  const unplanned = new Set(helm.filter(({ id, effect }) => !HELM_RECORD.test(id) && effect !== "nothing"));
  const byStep = new Map<string, ReleaseWrites>();
  for (const step of releaseSteps({ steps })) {
    const records = helm.filter(({ id }) => isRecordOf(step, id));
    if (records.length === 0) continue;
    const startedAt = Math.min(...records.map((write) => write.startedAt));
    const endedAt = Math.max(...records.map((write) => write.endedAt));
    const named = new Set<string>([...step["changes"], ...step["drift"]].map(objectId));
    const own = [...unplanned].filter(
      (write) => named.has(write.id) && write.startedAt > startedAt && write.endedAt < endedAt,
    );
    for (const write of own) unplanned.delete(write);
    byStep.set(step["id"], { startedAt, endedAt, changes: netEffects(own) });
  }
  return { byStep, unplanned: [...unplanned].map(({ effect, id }) => `${effect} ${id}`) };
}

function isRecordOf({ release, namespace }: KubeJson, id: string): boolean {
  const [, place, name] = HELM_RECORD.exec(id) ?? [];
  return place === namespace && name === release;
}

/** By object: what is changed right after it was put in is still put in. */
function netEffects(writes: readonly AuditedWrite[]): readonly string[] {
  const effects = new Map<string, string>();
  for (const { id, effect } of writes) {
    if (effect === "remove" || !effects.has(id)) effects.set(id, effect);
  }
  return [...effects].map(([id, effect]) => `${effect} ${id}`).toSorted();
}

/** Ids of the steps that must be done before each step, over gates and all. */
export function needsOf({ steps }: KubeJson): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  // A plan's steps stand in an order that respects every need.
  for (const { id, needs } of steps) {
    all.set(id, new Set(needs.flatMap((need: string) => [need, ...(all.get(need) ?? [])])));
  }
  return all;
}
