import { HelmError } from "../helm/helm-error.ts";
import type { RunContext } from "../model/context.ts";
import { type ConflictEvidence, withForce } from "../plan/apply-conflicts.ts";
import type { ClassifiedRelease, PlanEvidence } from "../plan/build.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { isSelected } from "../plan/select.ts";
import type { PlanOptions } from "./create-plan.ts";
import { findIstiodWebhooks } from "./find-istiod-webhooks.ts";
import { lookAtChanges, type Looks } from "./look-at-changes.ts";
import { type ConflictInput, lookForConflicts } from "./look-for-conflicts.ts";
import { preflight, type PreflightInput } from "./preflight.ts";
import { pruneNotes } from "./prune-notes.ts";
import { refuseGatewayConflicts } from "./refuse-gateway-conflicts.ts";
import { refuseWrongValues } from "./refuse-wrong-values.ts";
import { Renders } from "./renders.ts";

/** What of a plan's evidence only a closer look tells. */
type Evidence = Pick<PlanEvidence, "helmVersion" | "webhooks" | "releases" | "removed" | "notes">;

/**
 * What a plan that changes something shows beside its steps, and what may refuse it.
 * @throws ApplyConflictError, PreflightError, FlotillaError `values-invalid`, `gateway-conflict`
 */
export async function gatherEvidence(
  input: PreflightInput,
  { looks, removed }: { readonly looks: Looks; readonly removed: readonly RemovedRelease[] },
  options: PlanOptions,
  context: RunContext,
): Promise<Evidence> {
  const { stack, releases, cluster, provideHelm } = input;
  const { prune = false, brief = false, only = [] } = options;
  const renders = new Renders(cluster, provideHelm, { releases, parallel: stack.parallel }, context.signal);
  const refuseWrong = (): Promise<void> => wrongValuesIn(input, renders, options, context);
  const closer = { releases, removed: prune ? removed : [], renders, looks, brief };
  // Its version and what istiod renders are asked for at the same time: each costs a process.
  const [helm, webhooks, whole, conflicts, orphans] = await Promise.all([
    provideHelm.open(),
    findIstiodWebhooks(cluster, renders, releases, context.signal),
    lookAtChanges(closer, context),
    conflictsIn(input, { renders, looks }, options, context),
    // Nothing is pruned by a plan of some releases only.
    prune && only.length === 0 ? pruneNotes(cluster.client, stack, removed, looks.stored, context.signal) : [],
    preflight(input, context),
    refuseGatewayConflicts(cluster, renders, releases, context.signal),
    refuseWrong(),
  ]).catch(async (error: unknown) => {
    // Whoever met a chart first that does not take its values: all such charts are told of together.
    if (error instanceof HelmError) await refuseWrong();
    throw error;
  });
  // A plan that nobody reads says nothing of it.
  if (brief) for (const message of orphans) context.emit({ type: "notice", level: "warning", message, hint: null });
  return {
    helmVersion: helm.version,
    webhooks,
    releases: withForce(whole.releases, conflicts),
    removed: prune ? whole.removed : removed,
    notes: [...whole.notes, ...orphans],
  };
}

async function wrongValuesIn(
  { stack, releases }: PreflightInput,
  renders: Renders,
  { only = [], withNeeds = false, brief = false }: PlanOptions,
  { signal }: RunContext,
): Promise<void> {
  const selected = isSelected(stack.releases, { only, withNeeds });
  const changing = releases.filter(({ pinned, action }) => action !== "unchanged" && selected(pinned.release.name));
  await refuseWrongValues(changing, { renders, brief }, signal);
}

async function conflictsIn(
  input: PreflightInput,
  { renders, looks }: { readonly renders: Renders; readonly looks: Looks },
  { only = [], withNeeds = false }: PlanOptions,
  context: RunContext,
): Promise<readonly ConflictEvidence[]> {
  // A repair takes back what others hold: that is what it is for.
  const releases = input.releases.filter(({ action }) => action !== "repair");
  const render = async (each: ClassifiedRelease): Promise<string> => (await renders.render(each)).manifest;
  const readStored: ConflictInput["readStored"] = (revision) => looks.stored.of(revision, context.signal);
  return lookForConflicts({ ...input, releases, render, readStored, selection: { only, withNeeds } }, context);
}
