import { isConflict } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { managersAfterTakeover } from "../manifest/field-managers.ts";
import { objectRefs } from "../manifest/object-ref.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** Somebody may write an object between our look and our write: so often it is looked at again. */
const TRIES = 3;

/**
 * Makes Helm the only one in whose hands an adopted release's objects are, see {@link managersAfterTakeover}. Their content
 * is not touched.
 */
export async function takeFields(
  client: KubeClient,
  objects: readonly KubeObject[],
  namespace: string,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(objectRefs(objects, namespace).map((ref) => takeFieldsOf(client, ref, signal)));
}

async function takeFieldsOf(client: KubeClient, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const object = await client.get(ref, signal);
    const managedFields = object && managersAfterTakeover(object);
    if (object === null || managedFields === null) return;
    const { resourceVersion } = object.metadata;
    try {
      await client.mergePatch(ref, { metadata: { managedFields, resourceVersion } }, signal);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === TRIES) throw error;
    }
  }
}
