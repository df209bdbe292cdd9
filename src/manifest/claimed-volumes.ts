import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Volume claims that a StatefulSet's controller makes, and nothing deletes with it. */
export interface ClaimedVolumes {
  readonly namespace: string;
  /** What their names are like. */
  readonly names: RegExp;
}

/**
 * The volume claims that the StatefulSets among some objects have made: `TEMPLATE-SET-ORDINAL` (kubernetes,
 * pkg/controller/statefulset, getPersistentVolumeClaimName).
 * @param defaultNamespace of those that name none
 */
export function claimedVolumes(objects: readonly KubeObject[], defaultNamespace: string): readonly ClaimedVolumes[] {
  return objects
    .filter(({ kind }) => kind === "StatefulSet")
    .flatMap(({ metadata, spec }) =>
      asList(spec?.["volumeClaimTemplates"]).map((template) => {
        const claim = String(asObject(asObject(template)["metadata"])["name"]);
        const start = `${claim}-${metadata.name}`.replaceAll(".", "\\.");
        return { namespace: metadata.namespace || defaultNamespace, names: new RegExp(`^${start}-\\d+$`) };
      }),
    );
}
