import type { StoredRelease } from "../helm/release-records.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import type { Release, Stack } from "../model/stack.ts";
import { SeenMarks } from "../plan/seen-objects.ts";
import { RecordStore } from "../state/record-store.ts";
import type { Cluster } from "./connect-cluster.ts";
import { DriftReader } from "./drift-reader.ts";
import { hidingWith } from "./hiding.ts";
import { LiveObjects } from "./live-objects.ts";
import { isAsSeen, seenOf } from "./seen-objects.ts";

/** A list may be so old, in milliseconds: `status --watch` reads many times, and not all that is compared is watched. */
const FRESH_MS = 5_000;

/** Says of releases whether they have drifted, for one reading of a status. */
export class DriftStatus {
  readonly #reader: DriftReader;
  readonly #live: LiveObjects;
  readonly #record: StackRecord;

  private constructor(client: KubeClient, live: LiveObjects, record: StackRecord) {
    this.#reader = new DriftReader(client, live, hidingWith(record.hashKey));
    this.#live = live;
    this.#record = record;
  }

  /** Kinds that may not be read are passed over: their objects do not count. */
  static async open(stack: Stack, { client }: Cluster, watch: WatchCache, signal: AbortSignal): Promise<DriftStatus> {
    const { record } = await RecordStore.open(client, stack.stateNamespace, stack.name, signal);
    const live = new LiveObjects(watch, () => {}, { since: performance.now() - FRESH_MS });
    return new DriftStatus(client, live, record);
  }

  /** Null while helm is in the middle of something. */
  async of(
    { name, namespace }: Release,
    { status, revision }: ObservedRelease,
    { stored, objects }: { readonly stored: StoredRelease; readonly objects: readonly KubeObject[] },
    signal: AbortSignal,
  ): Promise<boolean | null> {
    if (status !== "deployed") return null;
    const seen = seenOf(this.#record.releases[name], { namespace, revision });
    const marks = new SeenMarks(this.#record.hashKey);
    if (seen.length > 0 && (await isAsSeen(seen, this.#live, marks, signal))) return false;
    const { manifest } = stored;
    const isKnownCrd = (crd: KubeObject): boolean => marks.isKnownCrd(crd, seen);
    return (await this.#reader.read({ namespace, manifest, objects, isKnownCrd }, signal)).length > 0;
  }
}
