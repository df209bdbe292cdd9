import type { KubeClient } from "../kube/kube-client.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { RecordedRelease, ReleaseIntent, StackRecord } from "../model/observed.ts";
import { ensureStateNamespace } from "./ensure-namespace.ts";
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

  /** Takes a release out of the record: it is gone from the cluster. */
  forget(release: string, signal: AbortSignal): Promise<void> {
    return this.#write(
      (record) => ({
        ...record,
        releases: Object.fromEntries(Object.entries(record.releases).filter(([name]) => name !== release)),
      }),
      signal,
    );
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

  /** Deletes the record itself, when nothing of the stack is left. */
  async remove(signal: AbortSignal): Promise<void> {
    await this.#client.remove(recordRef(this.#namespace, this.#record.stack), {}, signal);
    this.#resourceVersion = null;
  }

  #write(change: (record: StackRecord) => StackRecord, signal: AbortSignal): Promise<void> {
    const write = async (): Promise<void> => {
      const next = change(this.#record);
      const secret = recordToSecret(next, this.#namespace, this.#resourceVersion);
      if (this.#resourceVersion === null) await ensureStateNamespace(this.#client, this.#namespace, signal);
      const written =
        this.#resourceVersion === null
          ? await this.#client.create(secret, signal)
          : await this.#client.update(secret, signal);
      this.#record = next;
      this.#resourceVersion = written.metadata.resourceVersion ?? null;
    };
    const result = this.#writes.then(write);
    this.#writes = result.catch(() => {});
    return result;
  }
}

function recordRef(namespace: string, stack: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name: recordName(stack) };
}

function withRelease(record: StackRecord, name: string, release: RecordedRelease): StackRecord {
  return { ...record, releases: { ...record.releases, [name]: release } };
}
