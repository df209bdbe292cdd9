import { HelmError } from "../helm/helm-error.ts";
import type { RunContext } from "../model/context.ts";
import { type ConflictEvidence, withForce } from "../plan/apply-conflicts.ts";
import type { ClassifiedRelease, PlanEvidence } from "../plan/build.ts";
import type { RemovedRelease } from "../plan/build-prune.ts";
import { isSelected } from "../plan/select.ts";
import type { PlanOptions } from "./create-plan.ts";
import { findIstiodWebhooks } from "./find-istiod-webhooks.ts";
import type { CloserInput, CloserLook, Looks } from "./look-at-changes.ts";
import type { ConflictInput } from "./look-for-conflicts.ts";
import type { PreflightInput } from "./preflight.ts";
import { refuseGatewayConflicts } from "./refuse-gateway-conflicts.ts";
import { Renders } from "./renders.ts";

/**
 * What a plan shows beside its steps, and what may refuse it; next to nothing where nothing changes.
 * @throws ApplyConflictError, PreflightError, FlotillaError `values-invalid`, `gateway-conflict`
 */
export async function gatherEvidence(
  input: PreflightInput,
  { looks, removed }: { readonly looks: Looks; readonly removed: readonly RemovedRelease[] },
  options: PlanOptions,
  context: RunContext,
): Promise<Pick<PlanEvidence, "helmVersion" | "webhooks" | "releases" | "removed" | "notes">> {
  const { stack, releases, cluster, provideHelm } = input;
  const { prune = false, brief = false } = options;
  const changes = releases.some(({ action }) => action !== "unchanged") || (prune && removed.length > 0);
  const renders = new Renders(cluster, provideHelm, { releases, parallel: stack.parallel }, context.signal);
  const refuseWrong = (): Promise<void> => wrongValuesIn(input, renders, options, context);
  // Its version and what istiod renders are asked for at the same time: each costs a process.
  const [helm, webhooks, whole, conflicts] = await Promise.all([
    changes ? provideHelm.open() : null,
    findIstiodWebhooks(cluster, renders, releases, context.signal),
    changes ? lookCloser({ releases, removed: prune ? removed : [], renders, looks, brief }, context) : null,
    changes ? conflictsIn(input, { renders, looks }, options, context) : [],
    changes ? lookBeforehand(input, context) : null,
    refuseGatewayConflicts(cluster, renders, releases, context.signal),
    changes ? refuseWrong() : null,
  ]).catch(async (error: unknown) => {
    // Whoever met a chart first that does not take its values: all such charts are told of together.
    if (error instanceof HelmError) await refuseWrong();
    throw error;
  });
  return {
    helmVersion: helm?.version ?? null,
    webhooks,
    releases: withForce(whole?.releases ?? releases, conflicts),
    removed: prune && whole !== null ? whole.removed : removed,
    notes: whole?.notes ?? [],
  };
}

/** Loaded only where something changes. */
async function lookCloser(input: CloserInput, context: RunContext): Promise<CloserLook> {
  const { lookAtChanges } = await import("./look-at-changes.ts");
  return lookAtChanges(input, context);
}

/** Likewise. */
async function wrongValuesIn(
  { stack, releases }: PreflightInput,
  renders: Renders,
  { only = [], withNeeds = false, brief = false }: PlanOptions,
  { signal }: RunContext,
): Promise<void> {
  const { refuseWrongValues } = await import("./refuse-wrong-values.ts");
  const selected = isSelected(stack.releases, { only, withNeeds });
  const changing = releases.filter(({ pinned, action }) => action !== "unchanged" && selected(pinned.release.name));
  await refuseWrongValues(changing, { renders, brief }, signal);
}

/** Loaded only where something changes. */
async function lookBeforehand(input: PreflightInput, context: RunContext): Promise<void> {
  const { preflight } = await import("./preflight.ts");
  await preflight(input, context);
}

/** Likewise. */
async function conflictsIn(
  input: Omit<ConflictInput, "selection" | "render" | "readStored">,
  { renders, looks }: { readonly renders: Renders; readonly looks: Looks },
  { only = [], withNeeds = false }: PlanOptions,
  context: RunContext,
): Promise<readonly ConflictEvidence[]> {
  const { lookForConflicts } = await import("./look-for-conflicts.ts");
  // A repair takes back what others hold: that is what it is for.
  const releases = input.releases.filter(({ action }) => action !== "repair");
  const render = async (each: ClassifiedRelease): Promise<string> => (await renders.render(each)).manifest;
  const readStored: ConflictInput["readStored"] = (revision) => looks.stored.of(revision, context.signal);
  return lookForConflicts({ ...input, releases, render, readStored, selection: { only, withNeeds } }, context);
}
