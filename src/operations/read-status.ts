import type { RunContext } from "../model/context.ts";
import type { StackStatus } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import type { Cluster } from "./connect-cluster.ts";
import { DriftStatus } from "./drift-status.ts";
import { readAddresses, servicesNow } from "./read-addresses.ts";
import { readOutdatedProxies } from "./read-proxies.ts";
import { StatusReader } from "./status-reader.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** How a stack's releases are right now, and why those that are not ready are not. Reads only, and waits for nothing. */
export const readStatus = showingNoSecrets(read);

async function read(stack: Stack, cluster: Cluster, context: RunContext): Promise<StackStatus> {
  const reader = new StatusReader(cluster, false);
  try {
    return await statusOf(stack, cluster, reader, context.signal);
  } finally {
    reader.close();
  }
}

/** One reading, with a reader that may be used again. */
export async function statusOf(
  stack: Stack,
  cluster: Cluster,
  reader: StatusReader,
  signal: AbortSignal,
): Promise<StackStatus> {
  const namespaces = stack.releases.map(({ namespace }) => namespace);
  const drift = await DriftStatus.open(stack, cluster, reader.watch, signal);
  const [releases, addresses, outdatedProxies] = await Promise.all([
    reader.read(stack.releases, signal, drift),
    readAddresses(servicesNow(cluster.client, signal), stack.releases),
    readOutdatedProxies(cluster.client, namespaces, signal),
  ]);
  const { name, environment } = stack;
  const { context } = cluster;
  return { version: 1, stack: name, environment: environment.name, context, releases, addresses, outdatedProxies };
}
