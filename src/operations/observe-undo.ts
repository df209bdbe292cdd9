import { readStoredRelease } from "../execute/release-manifest.ts";
import type { StoredRelease } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { droppedStoredVersions } from "../manifest/stored-versions.ts";
import { FlotillaError } from "../model/errors.ts";
import type { JournaledRelease, JournalEntry } from "../model/journal.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { ObservedRelease } from "../model/observed.ts";
import type { UndoneRelease } from "../plan/build-rollback.ts";
import { strayedFrom } from "../plan/strayed-from.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/** What an undo finds in the cluster. */
export interface UndoObservation {
  readonly releases: readonly UndoneRelease[];
  /** Of the revision that istiod goes back to; empty when it is not touched. */
  readonly istiodManifest: readonly KubeObject[];
  /** What cannot be brought back, and what stays. */
  readonly notes: readonly string[];
}

/** One release's part. */
interface Part {
  /** Null for one that stays as it is. */
  readonly release: UndoneRelease | null;
  readonly manifest: readonly KubeObject[];
  readonly notes: readonly string[];
}

/**
 * Looks at every release that a run has touched: where it is, where it was, and whether there is a way back.
 * @throws FlotillaError `undo-refused` when Helm has pruned a revision, somebody else has changed a release since, or it is gone
 */
export async function observeUndo(
  entry: JournalEntry,
  entries: readonly JournalEntry[],
  { client }: Cluster,
  signal: AbortSignal,
): Promise<UndoObservation> {
  const changed = entry.releases.filter(({ action }) => action !== "unchanged");
  const observed = await observeNamespaces(
    client,
    changed.map(({ namespace }) => namespace),
    signal,
  );
  const found = await Promise.all(
    changed.map((release) => observePart(release, findRelease(observed, release), entries, client, signal)),
  );
  const parts = found.flatMap((part) => part ?? []);
  const back = parts.find(({ release }) => release?.istiod === true && release.before !== null);
  const namespaces =
    entry.namespaces.length === 0
      ? []
      : [
          `The namespaces ${entry.namespaces.join(", ")} stay; flotilla made them, and \`down --namespaces\` deletes them.`,
        ];
  return {
    releases: parts.flatMap(({ release }) => release ?? []),
    istiodManifest: back?.manifest ?? [],
    notes: [...parts.flatMap(({ notes }) => notes), ...(parts.length > 0 ? namespaces : [])],
  };
}

/** Null for a release that the run never got to, or that is where it was. */
async function observePart(
  release: JournaledRelease,
  observed: ObservedRelease | null,
  entries: readonly JournalEntry[],
  client: KubeClient,
  signal: AbortSignal,
): Promise<Part | null> {
  const { name, namespace, needs, injected, istiod, revisionBefore } = release;
  if ((observed?.revision ?? null) === revisionBefore) return null;
  if (observed === null) throw gone(release);
  refuseForeignChange(release, observed, entries);
  const { revision } = observed;
  if (revisionBefore === null && observed.adopted) {
    return {
      release: null,
      manifest: [],
      notes: [`${name} was taken over, not made, by that run: it stays as it is.`],
    };
  }
  const common = { name, namespace, needs, injected, istiod, revision };
  if (revisionBefore === null) {
    const current = await stored(client, release, revision, signal);
    return {
      release: { ...common, before: null },
      manifest: [],
      notes: staysOf(name, parseManifest(current.manifest)),
    };
  }
  const before = await stored(client, release, revisionBefore, signal);
  const manifest = parseManifest(before.manifest);
  await refuseDroppedVersions(release, manifest, client, signal);
  const chart = { name: before.chart.name, version: before.chart.version, digest: null };
  const hooks = before.hooks.length > 0 ? [`What the hooks of ${name} have done is not undone.`] : [];
  return { release: { ...common, before: { revision: revisionBefore, chart } }, manifest, notes: hooks };
}

/** The revision that a run of ours has left last is the only one that we know the way back from. */
function refuseForeignChange(
  release: JournaledRelease,
  { revision }: ObservedRelease,
  entries: readonly JournalEntry[],
): void {
  const expected = strayedFrom(release, revision, entries);
  if (expected === null) return;
  throw refused(
    release,
    `somebody else has changed it since: it is at revision ${revision}, flotilla left it at ${expected}`,
    `See what was done with: helm history ${release.name} --namespace ${release.namespace}`,
  );
}

async function stored(
  client: KubeClient,
  release: JournaledRelease,
  revision: number,
  signal: AbortSignal,
): Promise<StoredRelease> {
  const found = await readStoredRelease(client, { ...release, revision }, signal);
  if (found !== null) return found;
  throw refused(
    release,
    `Helm keeps its revision ${revision} no longer`,
    "Helm keeps ten revisions unless HELM_MAX_HISTORY says more. Put the stack file back and run `flotilla up`.",
  );
}

/** An API server refuses to drop a version in which objects may be stored (CRD status.storedVersions). */
async function refuseDroppedVersions(
  release: JournaledRelease,
  manifest: readonly KubeObject[],
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const crds = manifest.filter(({ kind }) => kind === "CustomResourceDefinition");
  const live = await Promise.all(
    crds.map(({ apiVersion, kind, metadata: { name } }) =>
      client.get({ apiVersion, kind, namespace: null, name }, signal),
    ),
  );
  const dropped = crds.flatMap((crd, index) => droppedStoredVersions(crd, live[index] ?? null));
  if (dropped.length === 0) return;
  throw refused(
    release,
    `it would drop versions of CRDs in which objects are stored: ${dropped.join(", ")}`,
    "Move those objects to an older version first (kubernetes.io, storage version migration).",
  );
}

function staysOf(name: string, manifest: readonly KubeObject[]): string[] {
  const kept = manifest.filter(keepsOnUninstall);
  if (kept.length === 0) return [];
  const kinds = [...new Set(kept.map(({ kind }) => kind))].join(", ");
  return [
    `${kept.length} objects that ${name} keeps on purpose stay (${kinds}); \`down --crds\` and \`--volumes\` delete those.`,
  ];
}

/** Helm keeps no history of what it uninstalls: neither of what the run itself pruned. */
function gone(release: JournaledRelease): FlotillaError {
  if (release.action !== "uninstall") return refused(release, "it is gone", "Install it anew with `flotilla up`.");
  const why = "that run removed it, and Helm keeps nothing of removed releases";
  return refused(release, why, "Put it back into the stack file and run `flotilla up`.");
}

function refused({ name, namespace }: JournaledRelease, why: string, hint: string): FlotillaError {
  return new FlotillaError("undo-refused", `Release ${name} in namespace ${namespace} cannot be undone: ${why}.`, {
    hint,
  });
}
