import { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import type { ObservedRelease, StackRecord } from "../model/observed.ts";
import type { Cluster } from "./connect-cluster.ts";
import { DriftReader } from "./drift-reader.ts";
import { hidingWith } from "./hiding.ts";
import { LiveObjects } from "./live-objects.ts";
import type { Looks } from "./look-at-changes.ts";
import { StoredManifests } from "./stored-manifests.ts";

/** How the cluster is looked at in this plan; a run that changes nothing takes over what was seen. */
export function lookWith(
  cluster: Cluster,
  record: StackRecord,
  observed: readonly ObservedRelease[],
  { emit }: RunContext,
): Looks {
  const { client } = cluster;
  const watch = new WatchCache(client);
  if (cluster.looks) cluster.looks.latest = watch;
  const told = new Set<string>();
  const live = new LiveObjects(watch, ({ message }) => {
    if (told.has(message)) return;
    told.add(message);
    emit({ type: "notice", level: "warning", message: `${message} So drift in it is not seen.`, hint: null });
  });
  const hiding = hidingWith(record.hashKey);
  const stored = new StoredManifests(client, observed);
  return { stored, hiding, record, live, reader: new DriftReader(client, live, hiding) };
}
