import type { KubeObject } from "../model/kube-object.ts";
import { isAlreadyExists } from "./api-error.ts";
import type { KubeClient } from "./kube-client.ts";

/** Creates an object; null when there is one of its name already. Other errors are thrown as `create` throws them. */
export async function createIfAbsent(
  client: KubeClient,
  object: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  try {
    return await client.create(object, signal);
  } catch (error) {
    if (isAlreadyExists(error)) return null;
    throw error;
  }
}
