import { isConflict, isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { RecordedRelease, ReleaseIntent, SeenObject, StackRecord } from "../model/observed.ts";
import { unlessAborted } from "../runtime/abort.ts";
import { recordKey } from "../model/record-key.ts";
import { createInStateNamespace } from "./ensure-namespace.ts";
import { newRecord, recordFromSecret, recordName, recordToSecret } from "./record-format.ts";

/** How long a write may take, its second try included, in milliseconds. */
const WRITE_MS = 60_000;

/** Makes the next record out of the one before; the very same one when there is nothing to change. */
type RecordChange = (record: StackRecord) => StackRecord;

/**
 * The stack's record in the cluster. Only the run that holds the stack's lock writes it, one write after the other;
 * changes that come up during a write go into the next one together.
 */
export class RecordStore {
  readonly #client: KubeClient;
  readonly #namespace: string;
  #record: StackRecord;
  #resourceVersion: string | null;
  #writes: Promise<void> = Promise.resolve();
  /** Changes that no write has taken up yet, and the write that will. */
  #changes: RecordChange[] = [];
  #nextWrite: Promise<void> | null = null;

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

  /** Whether the record stands in the cluster: the key of one that does not is thrown away with it. */
  get isStored(): boolean {
    return this.#resourceVersion !== null;
  }

  /** Writes down what is about to be done to a release: before helm starts. */
  announce(name: string, namespace: string, intent: ReleaseIntent, signal: AbortSignal): Promise<void> {
    return this.#write((record) => {
      const key = recordKey(record, name, namespace);
      const before = record.releases[key];
      const fresh: RecordedRelease = { namespace, revision: null, inputsHash: null, targets: [], intent };
      if (!before || before.namespace === namespace) return withRelease(record, key, { ...fresh, ...before, intent });
      // It moves: what it leaves behind in its old namespace is not forgotten.
      return withRelease(withRelease(record, `${before.namespace}/${name}`, before), name, fresh);
    }, signal);
  }

  /**
   * Writes down how it ended: the revision that is there now and the hash of what it was made from. Only where the work is
   * still announced by that run: one that slept and was overtaken writes nothing over what the other has done.
   */
  settle(
    release: string,
    done: Omit<RecordedRelease, "intent" | "protect">,
    run: string,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#write((record) => {
      const before = record.releases[release];
      if (before?.intent?.owner.run !== run) return record;
      const { seen: _seen, ...known } = before;
      return withRelease(record, release, { ...known, ...done, intent: null });
    }, signal);
  }

  /** Writes down how the cluster had a release's objects when they were as its manifest says. */
  noteSeen(release: string, revision: number, seen: readonly SeenObject[], signal: AbortSignal): Promise<void> {
    return this.#write((record) => {
      const known = record.releases[release];
      return known?.revision === revision ? withRelease(record, release, { ...known, seen }) : record;
    }, signal);
  }

  /** Writes down which of the stack's releases nothing may uninstall, where that has changed: it outlives the stack file. */
  noteProtection(
    releases: readonly { readonly name: string; readonly protect: boolean }[],
    signal: AbortSignal,
  ): Promise<void> {
    return this.#write((record) => {
      const changed = releases.flatMap(({ name, protect }) => {
        const known = record.releases[name];
        return known && (known.protect ?? false) !== protect ? [[name, { ...known, protect }] as const] : [];
      });
      if (changed.length === 0) return record;
      return { ...record, releases: { ...record.releases, ...Object.fromEntries(changed) } };
    }, signal);
  }

  /** Takes a run's intent back: helm ended by itself and left nothing in the middle. The revision noted before stays. */
  withdraw(release: string, run: string, signal: AbortSignal): Promise<void> {
    return this.#write((record) => {
      const entry = record.releases[release];
      return entry?.intent?.owner.run === run ? withRelease(record, release, { ...entry, intent: null }) : record;
    }, signal);
  }

  /** Takes a release out of the record: it is gone from the cluster. */
  forget(name: string, namespace: string, signal: AbortSignal): Promise<void> {
    return this.#write((record) => {
      const key = recordKey(record, name, namespace);
      return keepReleases(record, (other) => other !== key);
    }, signal);
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
   * @returns true when the record is gone
   */
  async tidy(
    present: readonly { readonly name: string; readonly namespace: string }[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const isPresent = (name: string, { namespace }: RecordedRelease): boolean =>
      present.some((release) => release.namespace === namespace && name.split("/").at(-1) === release.name);
    await this.#write((record) => keepReleases(record, isPresent), signal);
    await this.#enqueue(() => this.#removeEmpty(signal));
    return this.#resourceVersion === null;
  }

  /** Deletes the record itself when it holds neither releases nor namespaces. */
  async #removeEmpty(signal: AbortSignal): Promise<void> {
    const { stack, releases, namespaces } = this.#record;
    const resourceVersion = this.#resourceVersion;
    if (resourceVersion === null || namespaces.length > 0 || Object.keys(releases).length > 0) return;
    await this.#client.remove(recordRef(this.#namespace, stack), { resourceVersion }, signal);
    this.#resourceVersion = null;
  }

  #write(change: RecordChange, signal: AbortSignal): Promise<void> {
    this.#changes.push(change);
    this.#nextWrite ??= this.#enqueue(() => this.#writeChanges());
    // Several wait for one write: an abort ends the waiting of one, never the write of the others.
    return unlessAborted(this.#nextWrite, signal);
  }

  /** Somebody may have touched the Secret by hand: what is there now is taken up, and the changes made once more. */
  async #writeChanges(): Promise<void> {
    const changes = this.#changes;
    this.#changes = [];
    this.#nextWrite = null;
    const change: RecordChange = (record) => changes.reduce((so, each) => each(so), record);
    const signal = AbortSignal.timeout(WRITE_MS);
    try {
      await this.#writeOnce(change, signal);
    } catch (error) {
      if (!isConflict(error) && !isMissing(error)) throw error;
      await this.#readAgain(signal);
      await this.#writeOnce(change, signal);
    }
  }

  async #writeOnce(change: RecordChange, signal: AbortSignal): Promise<void> {
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
