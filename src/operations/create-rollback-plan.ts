import { injectionWebhook } from "../gates/istiod-webhooks.ts";
import type { RunContext } from "../model/context.ts";
import type { JournalEntry } from "../model/journal.ts";
import type { Plan } from "../model/plan.ts";
import type { Stack } from "../model/stack.ts";
import { buildRollbackPlan } from "../plan/build-rollback.ts";
import { chooseUndo } from "../plan/choose-undo.ts";
import { readJournal } from "../state/journal-store.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";
import { observeUndo } from "./observe-undo.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** The plan of an undo, and the run that it undoes. */
export interface RollbackPlan {
  readonly plan: Plan;
  readonly run: string;
}

/**
 * Plans the undo of a run: every release that it touched goes back to its revision before, or goes when the run made it.
 * Changes nothing.
 * @param run null for the newest run that still stands
 * @throws FlotillaError `run-unknown`, `undo-refused`
 */
export const createRollbackPlan = withoutSecrets(planRollback);

async function planRollback(
  stack: Stack,
  run: string | null,
  cluster: Cluster,
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<RollbackPlan> {
  const place = { namespace: stack.stateNamespace, stack: stack.name };
  const { entries, damaged } = await readJournal(cluster.client, place, context.signal);
  for (const { message, hint } of damaged) context.emit({ type: "notice", level: "warning", message, hint });
  const entry = chooseUndo(entries, run);
  return { plan: await planUndo(stack, entry, entries, cluster, provideHelm, context), run: entry.run };
}

/**
 * Plans the undo of a run whose journal is at hand.
 * @param entries the stack's journal, newest first
 * @throws FlotillaError `undo-refused`
 */
export async function planUndo(
  stack: Stack,
  entry: JournalEntry,
  entries: readonly JournalEntry[],
  cluster: Cluster,
  provideHelm: HelmProvider,
  context: RunContext,
): Promise<Plan> {
  const { releases, istiodManifest, notes } = await observeUndo(entry, entries, cluster, context.signal);
  const helm = releases.length > 0 ? await provideHelm.open() : null;
  return buildRollbackPlan({
    stack: stack.name,
    environment: stack.environment.name,
    context: cluster.context,
    kubernetesVersion: cluster.kubernetesVersion,
    helmVersion: helm?.version ?? null,
    run: entry.run,
    releases,
    webhook: injectionWebhook(istiodManifest),
    notes,
  });
}
