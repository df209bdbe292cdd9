import { follow, WATCH_TIMES } from "../kube/watch.ts";
import type { RunContext } from "../model/context.ts";
import type { StackStatus } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import { pause, shared, withDeadline } from "../runtime/abort.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Cluster } from "./connect-cluster.ts";
import { statusOf } from "./read-status.ts";
import { StatusReader } from "./status-reader.ts";
import { yieldingNoSecrets } from "./without-secrets.ts";

/** Between two readings, however much goes on in the cluster; in milliseconds. */
const BREATH_MS = 300;

/** Ages turn warnings into errors: after this long without a change it is read again. */
const QUIET_MS = 15_000;

/**
 * How a stack's releases are, now and after each change, until the signal aborts. Nothing is yielded twice in a row.
 * @throws FlotillaError of the cluster; `interrupted` (or the signal's reason) on abort
 */
export const watchStatus = yieldingNoSecrets(watch);

async function* watch(stack: Stack, cluster: Cluster, context: RunContext): AsyncGenerator<StackStatus> {
  const reader = new StatusReader(cluster, true);
  const closing = new AbortController();
  const helm = helmChanges(stack, cluster, shared(closing.signal));
  let shown = "";
  try {
    for (;;) {
      const { version } = reader.watch;
      helm.reset();
      const status = await statusOf(stack, cluster, reader, context.signal);
      const text = JSON.stringify(status);
      if (text !== shown) yield status;
      shown = text;
      await pause(BREATH_MS, context.signal);
      await nextChange(reader, version, helm.changed(), context.signal);
    }
  } finally {
    closing.abort();
    reader.close();
  }
}

async function nextChange(
  reader: StatusReader,
  version: number,
  helm: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const turn = withDeadline(signal, QUIET_MS, () => new FlotillaError("timeout", "It is quiet."));
  try {
    await Promise.race([reader.watch.changedSince(version, turn.signal), helm]);
  } catch (error) {
    if (!turn.signal.aborted || signal.aborted) throw error;
  } finally {
    turn.clear();
  }
}

/** Helm's own records are Secrets: only their metadata is followed. */
function helmChanges(stack: Stack, { client }: Cluster, signal: AbortSignal) {
  let announce = (): void => {};
  let changed = new Promise<void>(() => {});
  const reset = (): void => {
    changed = new Promise((resolve) => {
      announce = resolve;
    });
  };
  const tell = (): void => announce();
  const handler = { listed: tell, changed: tell, deleted: tell };
  for (const namespace of new Set(stack.releases.map((release) => release.namespace))) {
    const selection = {
      kind: { apiVersion: "v1", kind: "Secret" },
      namespace,
      labelSelector: "owner=helm",
      metadataOnly: true,
    };
    void follow(client, selection, handler, WATCH_TIMES, signal);
  }
  return { reset, changed: () => changed };
}
