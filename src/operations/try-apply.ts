import { conflictRemedy } from "../catalog/conflict-remedies.ts";
import { KubeApiError } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { valueAtPath } from "../manifest/server-path.ts";
import { HELM_MANAGER } from "../manifest/managed-fields.ts";
import { shownValue } from "../manifest/shown-value.ts";
import type { ApplyConflict } from "../model/apply-conflict.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/**
 * Has the API server try what Helm would apply, with nothing stored.
 * @returns the fields that others hold on to; "forbidden" where we may not try
 */
export async function tryApply(
  client: KubeClient,
  release: string,
  object: KubeObject,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<readonly ApplyConflict[] | "forbidden"> {
  try {
    await client.apply(object, { dryRun: true, fieldManager: HELM_MANAGER }, signal);
    return [];
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    if (error.code === "forbidden") return "forbidden";
    const causes = error.causes.filter(({ reason }) => reason === "FieldManagerConflict");
    // Whatever else stands in the way, Helm will say it better than this try.
    if (causes.length === 0) return [];
    const live = await client.get(ref, signal);
    return causes.map(({ message, field }) => {
      const manager = /conflict with "([^"]+)"/.exec(message)?.[1] ?? message;
      const { kind } = ref;
      return {
        release,
        object: ref,
        manager,
        field,
        live: live && shownValue(kind, field, valueAtPath(live, field)),
        wanted: shownValue(kind, field, valueAtPath(object, field)),
        remedy: conflictRemedy({ manager, kind, field }),
      };
    });
  }
}
