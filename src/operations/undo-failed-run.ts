import { FlotillaError } from "../model/errors.ts";
import type { ReleaseResult, RunResult } from "../model/result.ts";
import { thisProcess } from "../runtime/process-identity.ts";
import { readJournal } from "../state/journal-store.ts";
import { planUndo } from "./create-rollback-plan.ts";
import type { RunIdentity } from "./journal-run.ts";
import { performRun, type PerformedRun, type RunInput, type UnderLock } from "./perform-run.ts";
import { newRunId } from "./run-id.ts";

/**
 * Undoes a run that has failed, under the lock that it still holds. The undo is a run of its own in the journal; the
 * result is that of the first one, each release with what became of it in the end. An undo that is not possible is told,
 * and leaves things as the failure left them.
 */
export async function undoFailedRun(
  first: PerformedRun,
  input: RunInput,
  identity: RunIdentity,
  under: UnderLock,
  wish: AbortSignal,
): Promise<Pick<RunResult, "outcome" | "releases">> {
  const { stack, cluster, helm } = input;
  const { run } = identity.owner;
  const { context } = under;
  try {
    const place = { namespace: stack.stateNamespace, stack: stack.name };
    const { entries } = await readJournal(cluster.client, place, context.signal);
    const entry = entries.find((each) => each.run === run);
    if (!entry) throw new FlotillaError("run-unknown", `The journal of run ${run} is gone.`);
    const plan = await planUndo(stack, entry, entries, cluster, helm, context);
    const notes = plan.notes.map((note) => ` ${note}`).join("");
    context.emit({ type: "notice", level: "warning", message: `Run ${run} failed; undoing it.${notes}`, hint: null });
    const startedAt = new Date();
    const owner = await thisProcess(newRunId(startedAt));
    const undo = await performRun(plan, input, { owner, startedAt, command: "rollback", undoes: run }, under, wish);
    const outcome = undo.outcome === "succeeded" ? "rolled-back" : undo.outcome;
    return { outcome, releases: first.releases.map((release) => afterUndo(release, undo.releases)) };
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    const message = `The run could not be undone: ${error.message}`;
    context.emit({ type: "notice", level: "warning", message, hint: error.hint });
    return first;
  }
}

/** A release's result when its run was undone: why it failed stays, beside what the undo made of it. */
function afterUndo(release: ReleaseResult, undone: readonly ReleaseResult[]): ReleaseResult {
  const undo = undone.find(({ name }) => name === release.name);
  if (!undo) return release;
  const isBack = undo.outcome === "ready" || undo.outcome === "removed";
  return {
    ...release,
    outcome: isBack ? "rolled-back" : "failed",
    revisionAfter: undo.revisionAfter,
    diagnosis: [...release.diagnosis, ...undo.diagnosis],
  };
}
