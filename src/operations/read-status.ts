import { decodeRelease, releaseSecretName } from "../helm/release-records.ts";
import { diagnoseProgress } from "../diagnosis/from-progress.ts";
import { WatchCache } from "../kube/watch-cache.ts";
import type { RunContext } from "../model/context.ts";
import type { ObservedRelease } from "../model/observed.ts";
import type { ReleaseStatus, StackStatus } from "../model/result.ts";
import type { Release, Stack } from "../model/stack.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { evaluate } from "../readiness/evaluate.ts";
import { summarise } from "../readiness/summary.ts";
import { readinessTargets } from "../readiness/targets.ts";
import type { Cluster } from "./connect-cluster.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";
import { readAddresses } from "./read-addresses.ts";

/** How a stack's releases are right now. Reads only, and waits for nothing. */
export async function readStatus(stack: Stack, cluster: Cluster, context: RunContext): Promise<StackStatus> {
  const { client } = cluster;
  const { signal } = context;
  const watch = new WatchCache(client);
  try {
    const namespaces = stack.releases.map(({ namespace }) => namespace);
    const observed = await observeNamespaces(client, namespaces, signal);
    const [releases, addresses] = await Promise.all([
      Promise.all(
        stack.releases.map((each) => releaseStatus(each, findRelease(observed, each), cluster, watch, signal)),
      ),
      readAddresses(client, stack.releases, signal),
    ]);
    const { name, environment } = stack;
    return { version: 1, stack: name, environment: environment.name, context: cluster.context, releases, addresses };
  } finally {
    watch.close();
  }
}

async function releaseStatus(
  { name, namespace }: Release,
  observed: ObservedRelease | null,
  { client }: Cluster,
  watch: WatchCache,
  signal: AbortSignal,
): Promise<ReleaseStatus> {
  const absent: ReleaseStatus = {
    name,
    namespace,
    chart: null,
    version: null,
    appVersion: null,
    revision: null,
    helmStatus: null,
    ready: false,
    drifted: null,
    diagnosis: [],
  };
  if (observed === null) return absent;
  const secretName = releaseSecretName(name, observed.revision);
  const secret = await client.get({ apiVersion: "v1", kind: "Secret", namespace, name: secretName }, signal);
  if (secret === null) return absent;
  const { chart, manifest } = decodeRelease(secret);
  const targets = readinessTargets(parseManifest(manifest), namespace);
  await Promise.all(targets.map((target) => watch.ensure(target, target.namespace, signal)));
  const progress = summarise(evaluate(targets, (ref) => watch.get(ref)));
  return {
    ...absent,
    chart: chart.name,
    version: chart.version,
    appVersion: chart.appVersion,
    revision: observed.revision,
    helmStatus: observed.status,
    ready: observed.status === "deployed" && progress.ready === progress.total,
    diagnosis: diagnoseProgress(progress),
  };
}
