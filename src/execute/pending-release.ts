import type { Subject } from "../diagnosis/finding.ts";
import { decodeRelease, observeReleases, releaseSecretName } from "../helm/release-records.ts";
import { clusterScopeWith } from "../manifest/cluster-scope.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { ReleaseStep } from "../model/plan.ts";
import { readinessTargets } from "../readiness/targets.ts";
import { liveHooks, type ReleaseHooks, releaseHooks } from "./release-hooks.ts";
import { releaseSubject } from "./release-subject.ts";
import type { RunState } from "./run-state.ts";

/** By then helm has applied what it has to apply; before, an upgrade's objects may still be those of the last revision. */
const APPLIED_AFTER_MS = 15_000;

/** What Helm's own record says of the revision that helm is at work on. */
interface PendingRelease {
  readonly targets: readonly ObjectRef[];
  readonly hooks: ReleaseHooks;
  /** By the cluster's clock, ISO 8601. */
  readonly madeAt: string;
  /** By ours, as `performance.now` tells it. */
  readonly seenAt: number;
}

/**
 * What helm waits for while it is at work: Helm writes the whole release down before it begins, hooks included.
 * @returns a function that tells what of it is not ready at the moment; null as long as there is no record
 */
export function pendingSubject(run: RunState, step: ReleaseStep): (signal: AbortSignal) => Promise<Subject | null> {
  const { release, namespace } = step;
  let pending: PendingRelease | null = null;
  return async (signal) => {
    pending ??= await readPending(run, step, signal);
    if (pending === null) return null;
    const hooks = await liveHooks(run.watch, pending.hooks, pending.madeAt, true, signal);
    const isNew = step.revision === null;
    const isApplied = !pending.hooks.first && performance.now() - pending.seenAt >= APPLIED_AFTER_MS;
    const targets = isNew || isApplied ? pending.targets : [];
    return releaseSubject(run.watch, { release, namespace, targets, hooks }, { follow: true }, signal);
  };
}

async function readPending(run: RunState, step: ReleaseStep, signal: AbortSignal): Promise<PendingRelease | null> {
  const { release, namespace } = step;
  const options = { labelSelector: `owner=helm,name=${release}`, metadataOnly: true };
  const { items } = await run.client.list({ apiVersion: "v1", kind: "Secret" }, namespace, options, signal);
  const revision = observeReleases(items).find(({ name }) => name === release)?.revision ?? 0;
  if (revision <= (step.revision ?? 0)) return null;
  const name = releaseSecretName(release, revision);
  const secret = await run.client.get({ apiVersion: "v1", kind: "Secret", namespace, name }, signal);
  if (secret === null) return null;
  const { manifest, hooks } = decodeRelease(secret);
  const objects = parseManifest(manifest);
  return {
    targets: readinessTargets(objects, namespace, clusterScopeWith(objects)),
    hooks: releaseHooks(hooks, namespace, step.revision === null ? "install" : "upgrade"),
    madeAt: secret.metadata.creationTimestamp ?? "",
    seenAt: performance.now(),
  };
}
