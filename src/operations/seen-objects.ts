import type { ReadyRelease } from "../execute/run-state.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { RecordedRelease, SeenObject, StackRecord } from "../model/observed.ts";
import { changedSince, SeenMarks, seenObjects } from "../plan/seen-objects.ts";
import type { RecordStore } from "../state/record-store.ts";
import { DriftReader } from "./drift-reader.ts";
import { hidingWith } from "./hiding.ts";
import { LiveObjects } from "./live-objects.ts";

/** Whether the cluster has all objects of a release as they were seen last: then nothing has drifted, and its manifest is not read. */
export async function isAsSeen(
  seen: readonly SeenObject[],
  live: LiveObjects,
  marks: SeenMarks,
  signal: AbortSignal,
): Promise<boolean> {
  await live.look(seen, signal);
  return changedSince(seen, (ref) => markOf(ref, live, marks)).length === 0;
}

/** What the record says of a release's objects, if it is of this very revision. */
export function seenOf(
  recorded: RecordedRelease | undefined,
  { namespace, revision }: { readonly namespace: string; readonly revision: number },
): readonly SeenObject[] {
  return (recorded?.namespace === namespace && recorded.revision === revision && recorded.seen) || [];
}

/** Notes, behind a run's back, how the cluster has the objects of releases that it has brought where they should be. */
export class SeenNotes {
  readonly #client: KubeClient;
  readonly #watch: WatchCache;
  readonly #record: RecordStore;
  readonly #signal: AbortSignal;
  readonly #notes: Promise<void>[] = [];

  constructor(client: KubeClient, watch: WatchCache, record: RecordStore, signal: AbortSignal) {
    this.#client = client;
    this.#watch = watch;
    this.#record = record;
    this.#signal = signal;
  }

  /**
   * Lists, while the release gets ready, what will be noted then and nobody watches: the API server takes up to a tenth of a
   * second for a list of a kind in which nothing happens (k8s.io/apiserver cacher, progress requests).
   */
  prepare({ step, objects, since }: ReadyRelease): void {
    const quiet = objectRefs(objects, step.namespace).filter(({ kind }) => !isFilledIn(kind));
    const live = new LiveObjects(this.#watch, () => {}, { since });
    // Whoever notes hears of a fault.
    live.look(quiet, this.#signal).catch(() => {});
  }

  /** Begins to look. What cannot be noted is looked at again by the next plan. */
  note(ready: ReadyRelease): void {
    this.#notes.push(this.#note(ready).catch(() => {}));
  }

  /** Resolves when all is noted. */
  async settled(): Promise<void> {
    await Promise.all(this.#notes);
  }

  async #note({ step, revision, objects, since }: ReadyRelease): Promise<void> {
    const { hashKey }: StackRecord = this.#record.record;
    const marks = new SeenMarks(hashKey);
    const live = new LiveObjects(this.#watch, () => {}, { since });
    const reader = new DriftReader(this.#client, live, hidingWith(hashKey));
    // Helm has just applied the CRDs: their schemas are not compared.
    const subject = { namespace: step.namespace, manifest: "", objects, isKnownCrd: () => true };
    const { refs, drifted } = await reader.look(subject, this.#signal);
    const readable = refs.filter((ref) => live.get(ref) !== undefined);
    const seen = seenObjects(readable, drifted, (ref) => markOf(ref, live, marks));
    await this.#record.noteSeen(step.release, revision, seen, this.#signal);
  }
}

/** Whether the cluster fills in objects of a kind after helm has made them: authorities of webhooks, readiness of CRDs. */
function isFilledIn(kind: string): boolean {
  return kind.endsWith("WebhookConfiguration") || kind === "CustomResourceDefinition";
}

function markOf(ref: ObjectRef, live: LiveObjects, marks: SeenMarks): string | null {
  const object = live.get(ref);
  if (object === null || object === undefined) return null;
  return marks.of(object, live.autoscalers(ref.namespace));
}
