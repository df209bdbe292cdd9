import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { pause, unlessAborted } from "../runtime/abort.ts";
import { isGone, isMissing, KubeApiError } from "./api-error.ts";
import { backOff } from "./back-off.ts";
import type { KubeClient, ListOptions, WatchEvent } from "./kube-client.ts";
import type { KindName } from "./resource-kind.ts";

/** The objects that a watch follows. */
export interface WatchSelection extends ListOptions {
  readonly kind: KindName;
  /** Null for cluster-scoped kinds. */
  readonly namespace: string | null;
  /** The stream is opened once this resolves: until then the first list is all there is. At once when absent. */
  readonly streamAfter?: Promise<void>;
}

/** Told what a watch sees. Must not throw. */
export interface WatchHandler {
  /** Every object there is; what was known before and is not among them is gone. */
  readonly listed: (objects: readonly KubeObject[]) => void;
  /** An object is new or has changed. */
  readonly changed: (object: KubeObject) => void;
  /** An object is gone; its last state. */
  readonly deleted: (object: KubeObject) => void;
}

/** Times of a watch, in milliseconds. */
export interface WatchTimes {
  /** Silence after which a stream is opened anew. */
  readonly silenceMs: number;
  /** How long faults in a row are put up with: an API server that restarts is back within a minute. */
  readonly patienceMs: number;
  /** First and longest wait between two tries. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** What is used unless a test says otherwise. */
export const WATCH_TIMES: WatchTimes = {
  silenceMs: 60_000,
  patienceMs: 60_000,
  firstWaitMs: 50,
  longestWaitMs: 10_000,
};

/** A stream that lived this long did its work, even if nothing happened in it. */
const HEALTHY_STREAM_MS = 1000;

/** Where a watch stands. */
interface Progress {
  /** The newest state seen; null when a list is due. */
  resourceVersion: string | null;
  everListed: boolean;
  /** Tries in a row that brought nothing. */
  attempt: number;
  /** When the faults began; null while all is well. */
  failingSince: number | null;
}

/**
 * Follows a kind until the signal aborts: lists, then watches from there, resumes where a stream ended, lists again when
 * the cluster no longer remembers that point. Never rejects.
 * @returns null after an abort; the error when it gives up: at once when the first list is refused (forbidden, unknown
 * kind), else after `patienceMs` of nothing but faults
 */
export async function follow(
  client: KubeClient,
  selection: WatchSelection,
  handler: WatchHandler,
  times: WatchTimes,
  signal: AbortSignal,
): Promise<FlotillaError | null> {
  const progress: Progress = { resourceVersion: null, everListed: false, attempt: 0, failingSince: null };
  while (!signal.aborted) {
    let wished = 0;
    try {
      if (progress.resourceVersion === null) await listOnce(client, selection, handler, progress, signal);
      if (selection.streamAfter) await unlessAborted(selection.streamAfter, signal);
      await streamOnce(client, selection, handler, progress, times, signal);
    } catch (fault) {
      if (signal.aborted) return null;
      if (isGone(fault)) progress.resourceVersion = null;
      else if (isFinal(fault, progress, times)) return asFlotillaError(fault);
      wished = fault instanceof KubeApiError ? (fault.retryAfterMs ?? 0) : 0;
    }
    const wait = Math.max(wished, backOff(progress.attempt, times.firstWaitMs, times.longestWaitMs));
    progress.attempt += 1;
    await pause(wait, signal).catch(() => {});
  }
  return null;
}

async function listOnce(
  client: KubeClient,
  selection: WatchSelection,
  handler: WatchHandler,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const listed = await client.list(selection.kind, selection.namespace, selection, signal);
  handler.listed(listed.items);
  progress.resourceVersion = listed.resourceVersion;
  progress.everListed = true;
  progress.failingSince = null;
}

async function streamOnce(
  client: KubeClient,
  selection: WatchSelection,
  handler: WatchHandler,
  progress: Progress,
  times: WatchTimes,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...selection, resourceVersion: progress.resourceVersion ?? "", silenceMs: times.silenceMs };
  const events = await client.openWatch(selection.kind, selection.namespace, options, signal);
  const openedAt = performance.now();
  progress.failingSince = null;
  try {
    for await (const event of events) {
      progress.attempt = 0;
      progress.resourceVersion = event.object.metadata.resourceVersion ?? progress.resourceVersion;
      tell(handler, event, selection);
    }
  } finally {
    if (performance.now() - openedAt >= HEALTHY_STREAM_MS) progress.attempt = 0;
  }
}

function tell(handler: WatchHandler, event: WatchEvent, selection: WatchSelection): void {
  if (event.type === "BOOKMARK") return;
  const object = selection.project ? selection.project(event.object) : event.object;
  if (event.type === "DELETED") handler.deleted(object);
  else handler.changed(object);
}

/** True when trying again is in vain, or has been for long enough. */
function isFinal(fault: unknown, progress: Progress, times: WatchTimes): boolean {
  const refused =
    fault instanceof FlotillaError && (fault.code === "forbidden" || fault.code === "cluster-unauthorized");
  if (!progress.everListed && (refused || isMissing(fault))) return true;
  progress.failingSince ??= performance.now();
  return performance.now() - progress.failingSince >= times.patienceMs;
}

function asFlotillaError(fault: unknown): FlotillaError {
  return fault instanceof FlotillaError
    ? fault
    : new FlotillaError("api-failed", `A watch broke: ${String(fault)}.`, { cause: fault });
}
