import { HelmError } from "../helm/helm-error.ts";
import { upgradeRelease, type UpgradeRequest } from "../helm/upgrade-release.ts";
import type { KindName } from "../kube/resource-kind.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import { type DefinedKind, kindsOfCrds } from "../manifest/crd-apis.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import { ADOPTED_LABEL, INPUTS_LABEL, type ReleaseIntent, STACK_LABEL } from "../model/observed.ts";
import type { ReleaseStep } from "../model/plan.ts";
import type { WaitOptions } from "../model/stack.ts";
import { readinessTargets } from "../readiness/targets.ts";
import { pendingSubject } from "./pending-release.ts";
import { recoverRelease } from "./recover-release.ts";
import { takeFields } from "./take-fields.ts";
import { beforeRepair } from "./repair-drift.ts";
import { replaceObjects } from "./replace-objects.ts";
import type { RunState, StepState } from "./run-state.ts";
import { withDiagnosis } from "./with-diagnosis.ts";

/** What helm made, and what of it is waited for. */
export interface AppliedRelease {
  readonly revision: number;
  /** Of its manifest, CRDs without their schemas. */
  readonly objects: readonly KubeObject[];
  readonly targets: readonly ObjectRef[];
  /** The kinds that its CustomResourceDefinitions bring. */
  readonly kinds: readonly DefinedKind[];
  /** When helm was done, by `performance.now()`: what was seen of the cluster before says nothing of the release. */
  readonly since: number;
  /** Settled when it stands in the record; the wait for readiness need not wait for that. */
  readonly noted: Promise<void>;
}

/** A large chart takes helm as long without anything being wrong; to read its record meanwhile would only slow it down. */
const HELM_TAKES_MS = 2_000;

/** Announces, lets helm work, writes down what came out. */
export async function applyRelease(
  run: StepState,
  step: ReleaseStep,
  { release, chart }: PinnedRelease,
  signal: AbortSignal,
): Promise<AppliedRelease> {
  const { helm } = run;
  if (!helm) throw new FlotillaError("helm-missing", "This plan needs helm.");
  const inputsHash = run.inputsHashes.get(step.release) ?? null;
  const request: Omit<UpgradeRequest, "timeoutMs"> = {
    name: release.name,
    namespace: release.namespace,
    chart: chart.path,
    values: release.values,
    labels: { [STACK_LABEL]: run.stack, [INPUTS_LABEL]: inputsHash ?? "" },
    hookWait: helmWaits(release.wait, chart.postHooks),
    forceConflicts: step.forceConflicts ?? false,
  };
  let adopts = step.action === "adopt";
  if (step.action === "recover") {
    // One that fails keeps its intent: what the dead run left is still ours to put right.
    await announce(run, step, signal);
    adopts = await recoverRelease(run, helm, step, signal);
  }
  return run.slots.use(async () => {
    if (step.action !== "recover") await announce(run, step, signal);
    const timeoutMs = helmTimeout(run.remainingMs());
    const adoption = adopts ? { takeOwnership: true, labels: { ...request.labels, [ADOPTED_LABEL]: "true" } } : {};
    const repair = step.drift.length === 0 ? {} : await beforeRepair(run, step, signal);
    await replaceObjects(run, step, signal);
    const overrides = release.wait.giveUp ?? {};
    const troubled = { subject: pendingSubject(run, step), overrides, lookAfterMs: HELM_TAKES_MS };
    const { revision, manifest } = await withDiagnosis(run, step, troubled, signal, (stop) =>
      upgradeRelease(helm, run.helmTarget, { ...request, ...adoption, ...repair, timeoutMs }, stop).catch(
        (error: unknown) => withdrawAndThrow(run, step, error, stop),
      ),
    );
    const since = performance.now();
    run.effects.lastAt = since;
    if (release.wait.enabled) await beginToList(run, manifest, { since, namespace: release.namespace }, signal);
    const objects = parseManifest(manifest);
    if (adopts) await takeFields(run.client, objects, release.namespace, signal);
    const targets = readinessTargets(objects, release.namespace, clusterScopeWith(objects));
    const done = { namespace: step.namespace, revision, inputsHash, targets, needs: release.needs };
    const noted = run.record.settle(step.release, done, run.owner.run, signal);
    // Whoever waits for it hears of a fault, later.
    noted.catch(() => {});
    return { revision, objects, targets, kinds: kindsOfCrds(objects), since, noted };
  }, signal);
}

/** What a manifest that has a kind is waited for by. */
const LOOKED_AT: readonly (readonly [kind: string, looks: readonly KindName[]])[] = [
  [
    "Deployment",
    [
      { apiVersion: "apps/v1", kind: "Deployment" },
      { apiVersion: "v1", kind: "Pod" },
    ],
  ],
  [
    "Service",
    [
      { apiVersion: "v1", kind: "Service" },
      { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
    ],
  ],
];

/** The cluster makes its lists while we read the manifest, which may take as long. */
async function beginToList(
  run: RunState,
  manifest: string,
  { since, namespace }: { readonly since: number; readonly namespace: string },
  signal: AbortSignal,
): Promise<void> {
  for (const [kind, looks] of LOOKED_AT) {
    if (!manifest.includes(`\nkind: ${kind}\n`)) continue;
    // Whoever waits for them later is told of a fault; here it does not matter.
    for (const each of looks) run.watch.look(each, namespace, signal, { since }).catch(() => {});
  }
  await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Whether helm itself is to wait for readiness. Hooks that run after it need that; `watch` leaves it out even so, `helm`
 * wants it in any case.
 */
function helmWaits({ enabled, engine }: WaitOptions, postHooks: boolean): boolean {
  if (engine === "auto") return postHooks;
  return enabled && engine === "helm";
}

async function announce(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<void> {
  const { owner } = run;
  const since = new Date().toISOString();
  const intent: ReleaseIntent = { action: intentOf(step), owner, fromRevision: step.revision, since };
  await Promise.all([run.record.announce(step.release, step.namespace, intent, signal), run.beforeEffect(signal)]);
}

/** A helm that failed by itself leaves nothing in the middle, so what is pending later is somebody else's work. */
async function withdrawAndThrow(run: RunState, step: ReleaseStep, error: unknown, signal: AbortSignal): Promise<never> {
  // The reason of the failure is what matters; an intent that stays is harmless but for being older than needed.
  if (endedByItself(error, signal)) await run.record.withdraw(step.release, run.owner.run, signal).catch(() => {});
  throw error;
}

/** A helm that was killed says nothing, and one that lost the cluster could not note its end: both leave work behind. */
function endedByItself(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return false;
  return error instanceof HelmError && error.diagnosis.evidence.length > 0;
}

/** Helm gives up a little before the step's own deadline, so that its reason is heard. */
function helmTimeout(remainingMs: number): number {
  return Math.max(1_000, remainingMs - 3_000);
}

function intentOf(step: ReleaseStep): ReleaseIntent["action"] {
  return step.action === "install" || step.action === "adopt" || step.action === "recover" ? step.action : "upgrade";
}
