import type { Diagnosis } from "../model/diagnosis.ts";
import type { JsonObject } from "../model/json.ts";
import type { ObjectRef } from "../model/kube-object.ts";
import type { ObjectChange, ObjectDrift, Plan, Step } from "../model/plan.ts";
import type { Address, ReleaseResult, ReleaseStatus, RunResult, StackDiagnosis, StackStatus } from "../model/result.ts";
import { verifyDocument } from "./verify-document.ts";

// Field by field, so that a field added to the model does not slip into the contract by itself.

/** The document of `plan -o json`. */
export function planDocument(plan: Plan): JsonObject {
  const { install, upgrade, unchanged, uninstall, drifted } = plan.summary;
  return {
    version: plan.version,
    stack: plan.stack,
    environment: plan.environment,
    context: plan.context,
    kubernetesVersion: plan.kubernetesVersion,
    helmVersion: plan.helmVersion,
    steps: plan.steps.map(stepDocument),
    summary: { install, upgrade, unchanged, uninstall, drifted },
    notes: [...plan.notes],
  };
}

/** One step of a plan's document. Lists are always lists, so that scripts can walk over them without a check. */
export function stepDocument(step: Step): JsonObject {
  const chart = step.kind === "release" ? step.chart : null;
  return {
    id: step.id,
    // A release that left the stack file goes for another reason than one that `down` takes away.
    kind: step.id.startsWith("prune/") ? "prune" : step.kind,
    release: "release" in step ? step.release : null,
    namespace: "namespace" in step ? step.namespace : null,
    action: step.action,
    needs: [...step.needs],
    reason: step.reason,
    chart: chart === null ? null : { name: chart.name, version: chart.version, digest: chart.digest },
    changes: step.kind === "release" ? step.changes.map(changeDocument) : [],
    drift: step.kind === "release" ? step.drift.map(driftDocument) : [],
  };
}

function changeDocument(object: ObjectChange): JsonObject {
  const { change, destructive, replaced, loses, diff } = object;
  return { change, ...objectDocument(object), destructive, replaced, loses, diff };
}

function driftDocument(object: ObjectDrift): JsonObject {
  const { drift, diff } = object;
  return { drift, ...objectDocument(object), diff };
}

/** The document of `up -o json`, `down -o json` and `rollback -o json`. */
export function runDocument(result: RunResult): JsonObject {
  return {
    version: result.version,
    run: result.run,
    stack: result.stack,
    outcome: result.outcome,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    releases: result.releases.map(releaseResultDocument),
    addresses: result.addresses.map(addressDocument),
    verification: result.verification === undefined ? null : verifyDocument(result.verification),
  };
}

/** The document of `status -o json`. */
export function statusDocument(status: StackStatus): JsonObject {
  return {
    version: status.version,
    stack: status.stack,
    environment: status.environment,
    context: status.context,
    releases: status.releases.map(releaseStatusDocument),
    addresses: status.addresses.map(addressDocument),
    outdatedProxies: status.outdatedProxies.map(({ namespace, kind, name, pods, version, controlPlane }) => ({
      namespace,
      kind,
      name,
      pods,
      version,
      controlPlane,
    })),
  };
}

/** The document of `diagnose -o json`. */
export function stackDiagnosisDocument(found: StackDiagnosis): JsonObject {
  return {
    version: found.version,
    stack: found.stack,
    environment: found.environment,
    context: found.context,
    releases: found.releases.map(({ name, namespace, helmStatus, ready, diagnosis }) => ({
      name,
      namespace,
      helmStatus,
      ready,
      diagnosis: diagnosis.map(diagnosisDocument),
    })),
  };
}

function releaseResultDocument(release: ReleaseResult): JsonObject {
  return {
    name: release.name,
    namespace: release.namespace,
    action: release.action,
    outcome: release.outcome,
    revisionBefore: release.revisionBefore,
    revisionAfter: release.revisionAfter,
    startedMs: release.startedMs,
    appliedMs: release.appliedMs,
    readyMs: release.readyMs,
    diagnosis: release.diagnosis.map(diagnosisDocument),
  };
}

function releaseStatusDocument(release: ReleaseStatus): JsonObject {
  return {
    name: release.name,
    namespace: release.namespace,
    chart: release.chart,
    version: release.version,
    appVersion: release.appVersion,
    revision: release.revision,
    helmStatus: release.helmStatus,
    ready: release.ready,
    drifted: release.drifted,
    diagnosis: release.diagnosis.map(diagnosisDocument),
  };
}

function addressDocument(address: Address): JsonObject {
  return {
    release: address.release,
    service: address.service,
    address: address.address,
    ports: address.ports.map(({ name, port }) => ({ name, port })),
  };
}

/** A diagnosis as every document holds it. */
export function diagnosisDocument(diagnosis: Diagnosis): JsonObject {
  return {
    code: diagnosis.code,
    severity: diagnosis.severity,
    object: diagnosis.object === null ? null : objectDocument(diagnosis.object),
    message: diagnosis.message,
    hint: diagnosis.hint,
    since: diagnosis.since,
    evidence: [...diagnosis.evidence],
  };
}

/** An object's name as every document holds it. */
export function objectDocument({ apiVersion, kind, namespace, name }: ObjectRef): JsonObject {
  return { apiVersion, kind, namespace, name };
}
