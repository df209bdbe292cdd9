import { examine } from "../diagnosis/examine.ts";
import type { Finding, Subject } from "../diagnosis/finding.ts";
import { type ClusterSnapshot, type Part, partKey } from "../diagnosis/snapshot.ts";
import type { WatchCache } from "../kube/watch-cache.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import type { ContainerLogs } from "./container-logs.ts";

/** What was found, and in what. */
export interface Look {
  readonly findings: readonly Finding[];
  readonly snapshot: ClusterSnapshot;
}

/** Where a look reads from. */
export interface LookSource {
  readonly watch: WatchCache;
  readonly logs: ContainerLogs;
  /** Whether what was read is watched from then on. */
  readonly follow: boolean;
}

/**
 * Looks for what is wrong with a subject: reads the parts of the cluster that the rules ask for, in parallel and from the
 * run's own watches, until they ask for nothing more. Parts that may not be read are left out.
 * @param first parts that are read in any case
 * @throws FlotillaError `interrupted`, `cluster-unreachable`, `cluster-unauthorized`
 */
export async function lookAtCluster(
  subject: Subject,
  first: readonly Part[],
  { watch, logs, follow }: LookSource,
  signal: AbortSignal,
): Promise<Look> {
  const parts = new Map<string, readonly KubeObject[]>();
  const unread = new Map<string, string>();
  let wanted = first;
  for (;;) {
    await Promise.all(
      wanted.map(async (part) => {
        const objects = await readPart(watch, part, follow, signal);
        if (typeof objects === "string") unread.set(partKey(part), objects);
        else parts.set(partKey(part), objects);
      }),
    );
    const snapshot = { takenAtMs: Date.now(), parts, unread, logs: logs.lines };
    const { findings, parts: wished } = examine(subject, snapshot);
    wanted = wished;
    if (wanted.length === 0) return { findings, snapshot };
  }
}

/** The objects, or why they may not be read. */
async function readPart(
  watch: WatchCache,
  part: Part,
  follow: boolean,
  signal: AbortSignal,
): Promise<readonly KubeObject[] | string> {
  try {
    await (follow ? watch.ensure(part, part.namespace, signal) : watch.look(part, part.namespace, signal));
    return watch.list(part, part.namespace);
  } catch (error) {
    throwIfAborted(signal);
    if (error instanceof FlotillaError && (error.code === "forbidden" || error.code === "api-failed")) {
      return error.message;
    }
    throw error;
  }
}
