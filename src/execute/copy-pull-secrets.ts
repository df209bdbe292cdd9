import { createIfAbsent } from "../kube/create-if-absent.ts";
import { copyOfSecret, hasSameContent, typeOf } from "../manifest/secret-content.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import type { NamespaceStep } from "../model/plan.ts";
import type { RunState } from "./run-state.ts";

/** Copies that are to be made in a namespace. */
export type PullSecretCopies = readonly KubeObject[];

/**
 * Reads the Secrets that a namespace takes from others, before anything is done to it.
 * @throws FlotillaError `run-failed` for each that is not there, in one message
 */
export async function readPullSecrets(
  run: RunState,
  { namespace, pullSecretsFrom }: NamespaceStep,
  signal: AbortSignal,
): Promise<PullSecretCopies> {
  const found = await Promise.all(
    pullSecretsFrom.map(async (from) => {
      const secret = await run.client.get(secretRef(from.namespace, from.name), signal);
      return { from, copy: secret === null ? null : copyOfSecret(secret, from, namespace, run.stack) };
    }),
  );
  const missing = found.flatMap(({ from, copy }) => (copy === null ? [`${from.namespace}/${from.name}`] : []));
  if (missing.length > 0) {
    const what = missing.length === 1 ? `the Secret ${missing[0]}, which does not` : `Secrets that do not`;
    const names = missing.length === 1 ? "" : `: ${missing.join(", ")}`;
    throw new FlotillaError(
      "run-failed",
      `The namespace ${namespace} takes ${what} exist${names}. Create it (kubectl create secret docker-registry …), or take it out of pullSecretsFrom.`,
    );
  }
  return found.flatMap(({ copy }) => copy ?? []);
}

/**
 * Puts the copies in place. One that is as it should be stays, whoever made it.
 * @throws FlotillaError `release-owned` when a Secret of the name is there, is different, and is not this stack's
 */
export async function putPullSecrets(run: RunState, copies: PullSecretCopies, signal: AbortSignal): Promise<void> {
  for (const copy of copies) {
    await run.beforeEffect(signal);
    const { name, namespace = "" } = copy.metadata;
    while ((await createIfAbsent(run.client, copy, signal)) === null) {
      const present = await run.client.get(secretRef(namespace, name), signal);
      // Removed in between: once more.
      if (present === null) continue;
      if (await replace(run, present, copy, signal)) break;
    }
  }
}

/** False when the name is free now: a Secret's type cannot be changed, only made anew. */
async function replace(run: RunState, present: KubeObject, copy: KubeObject, signal: AbortSignal): Promise<boolean> {
  if (hasSameContent(present, copy)) return true;
  const { name, namespace = "", labels = {}, uid } = present.metadata;
  if (labels[STACK_LABEL] !== run.stack) {
    throw new FlotillaError(
      "release-owned",
      `There is a Secret ${name} in namespace ${namespace} already, with other content, and it is not this stack's (label ${STACK_LABEL}). Remove it, or take it out of pullSecretsFrom.`,
    );
  }
  if (typeOf(present) !== typeOf(copy)) {
    await run.client.remove(secretRef(namespace, name), uid === undefined ? {} : { uid }, signal);
    return false;
  }
  const annotations = { ...present.metadata.annotations, ...copy.metadata.annotations };
  await run.client.update({ ...present, metadata: { ...present.metadata, annotations }, data: copy["data"] }, signal);
  return true;
}

function secretRef(namespace: string, name: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name };
}
