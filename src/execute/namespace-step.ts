import type { Subject } from "../diagnosis/finding.ts";
import { createIfAbsent } from "../kube/create-if-absent.ts";
import type { GiveUpOverrides } from "../model/diagnosis.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { NamespaceStep } from "../model/plan.ts";
import { putPullSecrets, readPullSecrets } from "./copy-pull-secrets.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { waitUntilGone } from "./wait-until-gone.ts";
import { withDiagnosis } from "./with-diagnosis.ts";

const NOTHING: StepReport = { revision: null, appliedMs: null };

/** Makes a namespace or gives an existing one what it lacks, Secrets included; or deletes one that flotilla made. */
export async function performNamespaceStep(
  run: RunState,
  step: NamespaceStep,
  signal: AbortSignal,
): Promise<StepReport> {
  const ref: ObjectRef = { apiVersion: "v1", kind: "Namespace", namespace: null, name: step.namespace };
  const { labels, annotations } = step;
  if (step.action === "uninstall") {
    await run.beforeEffect(signal);
    await run.client.remove(ref, {}, signal);
    await waitUntilGone(run, step, [ref], signal);
    await run.record.forgetNamespace(step.namespace, signal);
  } else if (step.action === "install" || step.action === "upgrade") {
    const copies = await readPullSecrets(run, step, signal);
    await run.beforeEffect(signal);
    if (step.action === "install") await makeNamespace(run, step, ref, signal);
    else await run.client.mergePatch(ref, { metadata: { labels, annotations } }, signal);
    await putPullSecrets(run, copies, signal);
  }
  return NOTHING;
}

async function makeNamespace(run: RunState, step: NamespaceStep, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const { apiVersion, kind, name } = ref;
  const { labels, annotations } = step;
  const namespace: KubeObject = { apiVersion, kind, metadata: { name, labels, annotations } };
  // Announced first: a run that dies in between leaves a namespace that is known to be ours.
  await run.record.addNamespace(name, signal);
  while ((await createIfAbsent(run.client, namespace, signal)) === null) {
    const found = await run.client.get(ref, signal);
    if (found === null) continue;
    if (found.metadata.deletionTimestamp === undefined) {
      // Somebody else was quicker: it is theirs.
      await run.record.forgetNamespace(name, signal);
      await run.client.mergePatch(ref, { metadata: { labels, annotations } }, signal);
      return;
    }
    // One that is on its way out takes nothing in any more, and lives on until its last finalizer is done.
    await untilGone(run, step, ref, signal);
  }
}

/** One that does not go has something in it that holds it back: that is named, and waited for in vain only so long. */
function untilGone(run: RunState, step: NamespaceStep, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  const subject = async (stop: AbortSignal): Promise<Subject> => {
    await run.watch.ensure(ref, null, stop);
    const object = run.watch.get(ref);
    const unready = object ? [{ ref, object, awaiting: `${ref.name} to be gone`, reason: null, failed: false }] : [];
    return { release: null, namespace: ref.name, unready, hooks: [] };
  };
  const releases = [...run.pinned.values()].filter(({ release }) => release.namespace === ref.name);
  const overrides = Object.assign({}, ...releases.map(({ release }) => release.wait.giveUp)) as GiveUpOverrides;
  return withDiagnosis(run, step, { subject, overrides }, signal, (stop) => waitUntilGone(run, step, [ref], stop));
}
