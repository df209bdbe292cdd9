import type { RunContext } from "../model/context.ts";
import type { Finding } from "../model/finding.ts";
import type { Stack } from "../model/stack.ts";
import { problemOf, valueOf } from "../preflight/facts.ts";
import { runChecks } from "../preflight/run-checks.ts";
import { shared } from "../runtime/abort.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { ClusterOptions } from "./connect-cluster.ts";
import { gatherFacts } from "./gather-facts.ts";
import { showingNoSecrets } from "./without-secrets.ts";

/** What `doctor` looks at. */
export interface DoctorInput {
  readonly stack: Stack;
  /** Whether it is named well enough to be changed is looked at; nothing is changed. */
  readonly cluster: ClusterOptions;
  readonly helm: HelmProvider;
  /** What counts as now for the ends of life; the clock's time by default. */
  readonly today?: Date;
}

/** What `doctor` has found. */
export interface DoctorReport {
  readonly stack: string;
  readonly environment: string;
  /** Null when the cluster could not be reached. */
  readonly context: string | null;
  readonly kubernetesVersion: string | null;
  /** Null when there is no helm to work with. */
  readonly helmVersion: string | null;
  /** Errors first. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at tools, cluster, rights, versions and what is installed already, and changes nothing. What cannot be looked at
 * is a finding as well.
 * @throws FlotillaError `interrupted`, `timeout`
 */
export const doctor = showingNoSecrets(examine);

async function examine({ today = new Date(), ...input }: DoctorInput, context: RunContext): Promise<DoctorReport> {
  const facts = await gatherFacts({ ...input, today }, { ...context, signal: shared(context.signal) });
  const cluster = valueOf(facts.cluster);
  return {
    stack: input.stack.name,
    environment: input.stack.environment.name,
    context: cluster?.context ?? null,
    kubernetesVersion: cluster?.kubernetesVersion ?? null,
    helmVersion: problemOf(facts.helm) === null ? (valueOf(facts.helm)?.version ?? null) : null,
    findings: runChecks(facts),
  };
}
