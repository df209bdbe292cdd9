import type { JournaledRelease, JournalEntry, RunCommand } from "../model/journal.ts";
import type { RunOwner } from "../model/observed.ts";
import type { Plan, ReleaseStep } from "../model/plan.ts";
import type { ReleaseResult, RunResult } from "../model/result.ts";
import type { Stack } from "../model/stack.ts";
import { loginName } from "../runtime/process-identity.ts";

/** What a run is, beside its plan. */
export interface RunIdentity {
  readonly owner: RunOwner;
  readonly startedAt: Date;
  readonly command: RunCommand;
  /** The run that it undoes; null for all others. */
  readonly undoes: string | null;
}

/** A run's journal as it stands before the first effect. */
export function journalOf(plan: Plan, stack: Stack, identity: RunIdentity): JournalEntry {
  const { owner, startedAt, command, undoes } = identity;
  const steps = plan.steps.flatMap((step) => (step.kind === "release" ? [step] : []));
  return {
    run: owner.run,
    stack: plan.stack,
    environment: plan.environment,
    context: plan.context,
    command,
    undoes,
    owner,
    user: loginName(),
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    outcome: "running",
    releases: steps.map((step) => journaledRelease(step, stack)),
    namespaces: plan.steps.flatMap((step) =>
      step.kind === "namespace" && step.action === "install" ? [step.namespace] : [],
    ),
  };
}

/** The same journal when the run is over. */
export function endedJournal(
  entry: JournalEntry,
  outcome: RunResult["outcome"],
  results: readonly ReleaseResult[],
): JournalEntry {
  const releases = entry.releases.map((release) => {
    const result = results.find(({ name, namespace }) => name === release.name && namespace === release.namespace);
    if (result === undefined) return release;
    const message = result.outcome === "failed" ? (result.diagnosis[0]?.message ?? null) : null;
    return { ...release, revisionAfter: result.revisionAfter, outcome: result.outcome, message };
  });
  return { ...entry, outcome, finishedAt: new Date().toISOString(), releases };
}

function journaledRelease(step: ReleaseStep, stack: Stack): JournaledRelease {
  const release = stack.releases.find(({ name }) => name === step.release);
  return {
    name: step.release,
    namespace: step.namespace,
    action: step.action,
    needs: step.needs.flatMap((id) => (id.startsWith("release/") ? [id.slice("release/".length)] : [])),
    chart: step.chart === null ? null : `${step.chart.name} ${step.chart.version}`,
    injected: release?.injected ?? false,
    istiod: release?.role === "istiod",
    revisionBefore: step.revision,
    revisionAfter: null,
    outcome: null,
    message: null,
  };
}
