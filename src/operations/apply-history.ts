import type { StoredRelease } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ClassifiedRelease, ObservedNamespace } from "../plan/build.ts";
import { findLeftovers } from "./cluster-leftovers.ts";

/** How a release was applied so far, which says how Helm 4 will apply it. */
export interface ApplyHistory {
  readonly classified: ClassifiedRelease;
  /** Helm 4 goes on as the last revision was applied, and begins on the server's side (helm pkg/action/upgrade.go). */
  readonly isServerSide: boolean;
  /** Whether any of its objects can be in the cluster. */
  readonly mayBeThere: boolean;
  /** What the last revision applied, as text; empty when there is none. */
  readonly before: string;
}

/** Reads Helm's own record of a revision; null when it is gone. */
export type ReadStored = (revision: {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
}) => Promise<StoredRelease | null>;

/** What the histories of releases are read from. */
export interface HistorySources {
  readonly releases: readonly ClassifiedRelease[];
  /** Those that exist. */
  readonly namespaces: readonly ObservedNamespace[];
  readonly readStored: ReadStored;
}

/**
 * Reads how releases were applied so far. Of a first install into a namespace that does not exist nothing can be there but
 * what outlives its namespace, and of that only what an earlier release of its name has left passes Helm's own check: this
 * costs five small requests for all first installs together.
 */
export async function readApplyHistory(
  client: KubeClient,
  { releases, namespaces, readStored }: HistorySources,
  signal: AbortSignal,
): Promise<readonly ApplyHistory[]> {
  const there = new Set(namespaces.map(({ name }) => name));
  const isFresh = ({ action, pinned }: ClassifiedRelease): boolean =>
    action === "install" && !there.has(pinned.release.namespace);
  const leftovers = releases.some(isFresh) ? findLeftovers(client, signal) : new Set<string>();
  return Promise.all(
    releases.map(async (classified): Promise<ApplyHistory> => {
      const { name, namespace } = classified.pinned.release;
      const { action, revision } = classified;
      if (action === "install" || revision === null) {
        const mayBeThere = !isFresh(classified) || (await leftovers).has(`${namespace}/${name}`);
        return { classified, isServerSide: true, mayBeThere, before: "" };
      }
      const last = await readStored({ name, namespace, revision });
      const isServerSide = last?.applyMethod === "ssa";
      return { classified, isServerSide, mayBeThere: true, before: last?.manifest ?? "" };
    }),
  );
}
