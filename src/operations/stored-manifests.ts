import { readStoredRelease } from "../execute/release-manifest.ts";
import type { StoredRelease } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ObservedRelease } from "../model/observed.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { findRelease } from "./observe-stack.ts";

/** Helm's own records of releases, each read once in a plan. */
export class StoredManifests {
  readonly #client: KubeClient;
  readonly #observed: readonly ObservedRelease[];
  readonly #read = new Map<string, Promise<StoredRelease | null>>();

  constructor(client: KubeClient, observed: readonly ObservedRelease[]) {
    this.#client = client;
    this.#observed = observed;
  }

  /** The revision that an upgrade goes by: the newest that was deployed, else the newest. Null when there is none. */
  deployed({ pinned }: ClassifiedRelease, signal: AbortSignal): Promise<StoredRelease | null> {
    const observed = findRelease(this.#observed, pinned.release);
    if (observed === null || observed.status === "uninstalled") return Promise.resolve(null);
    const { name, namespace, revision, deployedRevision } = observed;
    return this.of({ name, namespace, revision: deployedRevision ?? revision }, signal);
  }

  /** A certain revision; null when it is gone. */
  of(
    release: { readonly name: string; readonly namespace: string; readonly revision: number },
    signal: AbortSignal,
  ): Promise<StoredRelease | null> {
    const key = `${release.namespace}/${release.name}/${release.revision}`;
    const known = this.#read.get(key) ?? readStoredRelease(this.#client, release, signal);
    this.#read.set(key, known);
    return known;
  }
}
