import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { NamespaceStep } from "../model/plan.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";

const NOTHING: StepReport = { revision: null, appliedMs: null };

/** Makes a namespace, gives an existing one what it lacks, or deletes one that flotilla made. */
export async function performNamespaceStep(
  run: RunState,
  step: NamespaceStep,
  signal: AbortSignal,
): Promise<StepReport> {
  const ref: ObjectRef = { apiVersion: "v1", kind: "Namespace", namespace: null, name: step.namespace };
  const { labels, annotations } = step;
  if (step.action === "uninstall") {
    await run.client.remove(ref, {}, signal);
    await waitUntilGone(run, step, [ref], signal);
    await run.record.forgetNamespace(step.namespace, signal);
  } else if (step.action === "install") {
    await makeNamespace(run, step, ref, signal);
  } else if (step.action === "upgrade") {
    await run.client.mergePatch(ref, { metadata: { labels, annotations } }, signal);
  }
  return NOTHING;
}

async function makeNamespace(run: RunState, step: NamespaceStep, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const { apiVersion, kind, name } = ref;
  const { labels, annotations } = step;
  const namespace: KubeObject = { apiVersion, kind, metadata: { name, labels, annotations } };
  // One that is on its way out takes nothing in any more, and lives on until its last finalizer is done.
  const found = await run.client.get(ref, signal);
  if (found?.metadata.deletionTimestamp !== undefined) await waitUntilGone(run, step, [ref], signal);
  // Announced first: a run that dies in between leaves a namespace that is known to be ours.
  await run.record.addNamespace(name, signal);
  if ((await createIfAbsent(run.client, namespace, signal)) !== null) return;
  // Somebody else was quicker: it is theirs.
  await run.record.forgetNamespace(name, signal);
  await run.client.mergePatch(ref, { metadata: { labels, annotations } }, signal);
}
