import type { RunContext } from "../model/context.ts";
import type { StackDiagnosis } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import { chooseReleases } from "./choose-releases.ts";
import type { Cluster } from "./connect-cluster.ts";
import { StatusReader } from "./status-reader.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** What is to be looked at. */
export interface DiagnoseOptions {
  /** Names of releases; none: all of the stack. */
  readonly releases?: readonly string[];
}

/**
 * Why releases are not ready. Reads only, and waits for nothing.
 * @throws FlotillaError `usage` for a release that the stack does not have
 */
export const diagnose = showingNoSecrets(explain);

async function explain(
  stack: Stack,
  cluster: Cluster,
  options: DiagnoseOptions,
  context: RunContext,
): Promise<StackDiagnosis> {
  const chosen = chooseReleases(stack, options.releases ?? []);
  const reader = new StatusReader(cluster, false);
  try {
    const statuses = await reader.read(chosen, context.signal);
    const releases = statuses.map(({ name, namespace, helmStatus, ready, diagnosis }) => ({
      name,
      namespace,
      helmStatus,
      ready,
      diagnosis,
    }));
    return { version: 1, stack: stack.name, environment: stack.environment.name, context: cluster.context, releases };
  } finally {
    reader.close();
  }
}
