import { isConflict, isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { RecordedRelease, ReleaseIntent, StackRecord } from "../model/observed.ts";
import { createInStateNamespace } from "./ensure-namespace.ts";
import { newRecord, recordFromSecret, recordName, recordToSecret } from "./record-format.ts";

/** The stack's record in the cluster. Only the run that holds the stack's lock writes it, one write after the other. */
export class RecordStore {
  readonly #client: KubeClient;
  readonly #namespace: string;
  #record: StackRecord;
  #resourceVersion: string | null;
  #writes: Promise<void> = Promise.resolve();

  private constructor(client: KubeClient, namespace: string, record: StackRecord, resourceVersion: string | null) {
    this.#client = client;
    this.#namespace = namespace;
    this.#record = record;
    this.#resourceVersion = resourceVersion;
  }

  /** Reads a stack's record; a new one, not written yet, where there is none. */
  static async open(client: KubeClient, namespace: string, stack: string, signal: AbortSignal): Promise<RecordStore> {
    const secret = await client.get(recordRef(namespace, stack), signal);
    return secret === null
      ? new RecordStore(client, namespace, newRecord(stack), null)
      : new RecordStore(client, namespace, recordFromSecret(secret), secret.metadata.resourceVersion ?? null);
  }

  /** The record as last read or written. */
  get record(): StackRecord {
    return this.#record;
  }

  /** Writes down what is about to be done to a release: before helm starts. */
  announce(release: string, namespace: string, intent: ReleaseIntent, signal: AbortSignal): Promise<void> {
    const before = this.#record.releases[release];
    const entry: RecordedRelease = { revision: null, inputsHash: null, targets: [], ...before, namespace, intent };
    return this.#write((record) => withRelease(record, release, entry), signal);
  }

  /** Writes down how it ended: the revision that is there now and the hash of what it was made from. */
  settle(release: string, done: Omit<RecordedRelease, "intent">, signal: AbortSignal): Promise<void> {
    return this.#write((record) => withRelease(record, release, { ...done, intent: null }), signal);
  }

  /** Takes an intent back: helm ended by itself and left nothing in the middle. The revision noted before stays. */
  withdraw(release: string, signal: AbortSignal): Promise<void> {
    return this.#write((record) => {
      const entry = record.releases[release];
      return entry?.intent ? withRelease(record, release, { ...entry, intent: null }) : record;
    }, signal);
  }

  /** Takes a release out of the record: it is gone from the cluster. */
  forget(release: string, signal: AbortSignal): Promise<void> {
    return this.#write((record) => keepReleases(record, (name) => name !== release), signal);
  }

  /** Remembers that flotilla made a namespace, and so may delete it. */
  addNamespace(name: string, signal: AbortSignal): Promise<void> {
    return this.#write(
      (record) => ({ ...record, namespaces: [...new Set([...record.namespaces, name])].sort() }),
      signal,
    );
  }

  /** Forgets a namespace that is gone. */
  forgetNamespace(name: string, signal: AbortSignal): Promise<void> {
    return this.#write(
      (record) => ({ ...record, namespaces: record.namespaces.filter((other) => other !== name) }),
      signal,
    );
  }

  /**
   * Forgets the releases that are not in the cluster any more, and deletes the record itself when nothing is left in it.
   * @param present the releases that are there, in every namespace that the record names
   */
  async tidy(
    present: readonly { readonly name: string; readonly namespace: string }[],
    signal: AbortSignal,
  ): Promise<void> {
    const isPresent = (name: string, { namespace }: RecordedRelease): boolean =>
      present.some((release) => release.name === name && release.namespace === namespace);
    await this.#write((record) => keepReleases(record, isPresent), signal);
    await this.removeIfEmpty(signal);
  }

  /** Deletes the record itself when it holds neither releases nor namespaces. */
  removeIfEmpty(signal: AbortSignal): Promise<void> {
    return this.#enqueue(() => this.#removeEmpty(signal));
  }

  async #removeEmpty(signal: AbortSignal): Promise<void> {
    const { stack, releases, namespaces } = this.#record;
    const resourceVersion = this.#resourceVersion;
    if (resourceVersion === null || namespaces.length > 0 || Object.keys(releases).length > 0) return;
    await this.#client.remove(recordRef(this.#namespace, stack), { resourceVersion }, signal);
    this.#resourceVersion = null;
  }

  /** Somebody may have touched the Secret by hand: what is there now is taken up, and the change made once more. */
  #write(change: (record: StackRecord) => StackRecord, signal: AbortSignal): Promise<void> {
    return this.#enqueue(async () => {
      try {
        await this.#writeOnce(change, signal);
      } catch (error) {
        if (!isConflict(error) && !isMissing(error)) throw error;
        await this.#readAgain(signal);
        await this.#writeOnce(change, signal);
      }
    });
  }

  async #writeOnce(change: (record: StackRecord) => StackRecord, signal: AbortSignal): Promise<void> {
    const next = change(this.#record);
    if (next === this.#record) return;
    const secret = recordToSecret(next, this.#namespace, this.#resourceVersion);
    const written =
      this.#resourceVersion === null
        ? await createInStateNamespace(this.#client, secret, signal)
        : await this.#client.update(secret, signal);
    this.#record = next;
    this.#resourceVersion = written.metadata.resourceVersion ?? null;
  }

  /** A Secret that is gone is made anew from what is known. */
  async #readAgain(signal: AbortSignal): Promise<void> {
    const secret = await this.#client.get(recordRef(this.#namespace, this.#record.stack), signal);
    if (secret !== null) this.#record = recordFromSecret(secret);
    this.#resourceVersion = secret?.metadata.resourceVersion ?? null;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const result = this.#writes.then(work);
    this.#writes = result.catch(() => {});
    return result;
  }
}

/** The very same record when all of its releases are kept. */
function keepReleases(record: StackRecord, keeps: (name: string, release: RecordedRelease) => boolean): StackRecord {
  const all = Object.entries(record.releases);
  const kept = all.filter(([name, release]) => keeps(name, release));
  return kept.length === all.length ? record : { ...record, releases: Object.fromEntries(kept) };
}

function recordRef(namespace: string, stack: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name: recordName(stack) };
}

function withRelease(record: StackRecord, name: string, release: RecordedRelease): StackRecord {
  return { ...record, releases: { ...record.releases, [name]: release } };
}
