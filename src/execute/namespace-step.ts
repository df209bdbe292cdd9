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
    const namespace: KubeObject = {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: step.namespace, labels, annotations },
    };
    // Announced first: a run that dies in between leaves a namespace that is known to be ours.
    await run.record.addNamespace(step.namespace, signal);
    await createIfAbsent(run.client, namespace, signal);
  } else if (step.action === "upgrade") {
    await run.client.mergePatch(ref, { metadata: { labels, annotations } }, signal);
  }
  return NOTHING;
}
