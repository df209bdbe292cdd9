import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { asList } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** What a `down` may take along beside the releases. */
export interface TakenAlong {
  readonly crds: boolean;
  readonly namespaces: boolean;
  readonly volumes: boolean;
}

/**
 * What a `down` leaves behind, in one sentence with the flags that say otherwise; null when nothing stays. Pure.
 * @param objects of all the releases that go
 * @param namespaces that flotilla has made
 */
export function whatStays(
  objects: readonly KubeObject[],
  namespaces: readonly string[],
  taken: TakenAlong,
): string | null {
  const kept = objects.filter(keepsOnUninstall);
  const crds = kept.filter(({ kind }) => kind === "CustomResourceDefinition");
  const claims = kept.filter(({ kind }) => kind === "PersistentVolumeClaim");
  const claiming = objects.filter(
    ({ kind, spec }) => kind === "StatefulSet" && asList(spec?.["volumeClaimTemplates"]).length > 0,
  );
  const others = kept.filter((object) => !crds.includes(object) && !claims.includes(object));
  const stays = [
    ...(taken.crds ? [] : few(crds, "CRD", "--crds")),
    ...(taken.volumes ? [] : few(claims, "volume claim", "--volumes")),
    ...(taken.volumes
      ? []
      : claiming.map(({ metadata }) => `the volume claims of ${metadata.name} (unless --volumes)`)),
    ...others.map(({ kind, metadata }) => `${kind} ${metadata.name}, which its chart keeps`),
    ...(taken.namespaces ? [] : few(namespaces, "namespace", "--namespaces")),
  ];
  if (stays.length === 0) return null;
  return `Stays where it is: ${stays.join("; ")}.`;
}

function few(things: readonly unknown[], noun: string, flag: string): string[] {
  if (things.length === 0) return [];
  return [`${things.length} ${noun}${things.length === 1 ? "" : "s"} (unless ${flag})`];
}
