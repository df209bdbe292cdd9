import { randomBytes } from "node:crypto";
import { FlotillaError } from "../model/errors.ts";
import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { type RecordedRelease, type ReleaseIntent, STACK_LABEL, type StackRecord } from "../model/observed.ts";
import { STATE_LABELS } from "./ensure-namespace.ts";

const FORMAT = 1;
const KEY = "record.json";

/** Name of the Secret that holds a stack's record. */
export function recordName(stack: string): string {
  return `flotilla-stack-${stack}`;
}

/** The record of a stack that has none yet, with a fresh key. */
export function newRecord(stack: string): StackRecord {
  return { stack, hashKey: randomBytes(32).toString("hex"), releases: {}, namespaces: [] };
}

/** The Secret that holds a record; `resourceVersion` makes a write fail when somebody else has written since. */
export function recordToSecret(record: StackRecord, namespace: string, resourceVersion: string | null): KubeObject {
  const text = JSON.stringify({ format: FORMAT, ...record });
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "flotilla.dev/stack",
    metadata: {
      name: recordName(record.stack),
      namespace,
      labels: { ...STATE_LABELS, [STACK_LABEL]: record.stack },
      ...(resourceVersion === null ? {} : { resourceVersion }),
    },
    data: { [KEY]: Buffer.from(text).toString("base64") },
  };
}

/**
 * Reads a record back.
 * @throws FlotillaError `plan-stale` when it was written by a newer flotilla or is damaged
 */
export function recordFromSecret(secret: KubeObject): StackRecord {
  const data = secret["data"];
  const encoded = typeof data === "object" && data !== null && KEY in data ? data[KEY] : null;
  const parsed = typeof encoded === "string" ? parseJson(Buffer.from(encoded, "base64").toString("utf8")) : null;
  if (!isRecord(parsed)) {
    const { namespace, name } = secret.metadata;
    throw new FlotillaError("plan-stale", `The stack's record (Secret ${name} in ${namespace}) cannot be read.`, {
      hint: "It is damaged or was written by a newer flotilla: use that one, or delete the Secret; releases then count as changed once.",
    });
  }
  const { stack, hashKey, releases, namespaces } = parsed;
  const entries = Object.entries(releases).map(([name, release]) => [name, completed(release)] as const);
  return { stack, hashKey, releases: Object.fromEntries(entries), namespaces };
}

/**
 * Fills in what records of earlier flotillas lack. Without targets nothing is known of what to wait for, so that release
 * counts as changed; an intent is taken to start from the revision that was noted before it.
 */
function completed(release: StoredRelease): RecordedRelease {
  const { targets, intent, inputsHash, revision } = release;
  return {
    ...release,
    targets: targets ?? [],
    inputsHash: targets === undefined ? null : inputsHash,
    intent: intent && { ...intent, fromRevision: intent.fromRevision === undefined ? revision : intent.fromRevision },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A release as any flotilla of this format may have written it. */
type StoredRelease = Omit<RecordedRelease, "targets" | "intent"> & {
  readonly targets?: RecordedRelease["targets"];
  readonly intent: (Omit<ReleaseIntent, "fromRevision"> & Partial<Pick<ReleaseIntent, "fromRevision">>) | null;
};
type StoredRecord = Omit<StackRecord, "releases"> & { readonly releases: Readonly<Record<string, StoredRelease>> };

function isRecord(value: unknown): value is StoredRecord {
  const { format, stack, hashKey, releases, namespaces } = asObject(value);
  return (
    format === FORMAT &&
    typeof stack === "string" &&
    typeof hashKey === "string" &&
    /^([0-9a-f]{2})+$/.test(hashKey) &&
    isMapping(releases) &&
    Object.values(releases).every(isRelease) &&
    Array.isArray(namespaces) &&
    namespaces.every((name) => typeof name === "string")
  );
}

function isRelease(value: unknown): boolean {
  const { namespace, revision, inputsHash, targets, intent } = asObject(value);
  return (
    typeof namespace === "string" &&
    (revision === null || typeof revision === "number") &&
    (inputsHash === null || typeof inputsHash === "string") &&
    (targets === undefined || Array.isArray(targets)) &&
    (intent === null || isMapping(intent))
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
