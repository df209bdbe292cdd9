import { FlotillaError } from "../model/errors.ts";
import type { JournalEntry } from "../model/journal.ts";
import { asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import { secrets } from "../runtime/redact.ts";
import { STATE_LABELS } from "./ensure-namespace.ts";

const FORMAT = 1;
const KEY = "run.json";
/** Longest message that is kept of a release, in characters: a Secret holds 1 MiB at most. */
const MESSAGE_LENGTH = 500;

/** Type of the Secrets that hold a run each. */
export const JOURNAL_TYPE = "flotilla.dev/run";

/** Name of the Secret that holds a run's journal; sorts by time. */
export function journalName(stack: string, run: string): string {
  return `flotilla-run-${stack}-${run}`;
}

/** The Secret that holds a run's journal; with `resourceVersion` a write fails when somebody else has written since. */
export function journalToSecret(entry: JournalEntry, namespace: string, resourceVersion: string | null): KubeObject {
  const releases = entry.releases.map((release) => ({
    ...release,
    // Masked before it is cut: a piece of a secret would not be known any more.
    message: release.message === null ? null : secrets.text(release.message).slice(0, MESSAGE_LENGTH),
  }));
  const text = JSON.stringify({ format: FORMAT, ...entry, releases });
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: JOURNAL_TYPE,
    metadata: {
      name: journalName(entry.stack, entry.run),
      namespace,
      labels: { ...STATE_LABELS, [STACK_LABEL]: entry.stack, "flotilla.dev/run": entry.run },
      ...(resourceVersion === null ? {} : { resourceVersion }),
    },
    data: { [KEY]: Buffer.from(text).toString("base64") },
  };
}

/**
 * Reads a run's journal back.
 * @throws FlotillaError `journal-damaged` when somebody has edited it so that it can no longer be read
 */
export function journalFromSecret(secret: KubeObject): JournalEntry {
  const encoded = asObject(secret["data"])[KEY];
  const entry = typeof encoded === "string" ? parseEntry(Buffer.from(encoded, "base64").toString("utf8")) : null;
  if (entry !== null) return entry;
  const { namespace, name } = secret.metadata;
  throw new FlotillaError("journal-damaged", `The journal of a run (Secret ${name} in ${namespace}) cannot be read.`, {
    hint: "It was edited by hand, or written by a newer flotilla. Other runs are not affected; delete the Secret to be rid of it.",
  });
}

function parseEntry(text: string): JournalEntry | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isEntry(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  const { format, run, stack, command, outcome, startedAt, releases, namespaces, owner } = asObject(value);
  return (
    format === FORMAT &&
    [run, stack, command, outcome, startedAt].every((text) => typeof text === "string") &&
    typeof asObject(owner)["host"] === "string" &&
    Array.isArray(namespaces) &&
    Array.isArray(releases) &&
    releases.every(isRelease)
  );
}

function isRelease(value: unknown): boolean {
  const { name, namespace, action, needs, revisionBefore, revisionAfter } = asObject(value);
  return (
    [name, namespace, action].every((text) => typeof text === "string") &&
    Array.isArray(needs) &&
    [revisionBefore, revisionAfter].every((revision) => revision === null || typeof revision === "number")
  );
}
