import { objectRef } from "../manifest/object-ref.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** What a `down` may take along beside the releases. */
export interface TakenAlong {
  readonly crds: boolean;
  readonly namespaces: boolean;
  readonly volumes: boolean;
}

/** A release that goes, and what is in it. */
interface GoingRelease {
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
}

/**
 * What a `down` leaves behind, in one sentence with the flags that say otherwise; null when nothing stays. Pure.
 * @param releases all that go
 * @param namespaces that flotilla has made
 */
export function whatStays(
  releases: readonly GoingRelease[],
  namespaces: readonly string[],
  taken: TakenAlong,
): string | null {
  // With a namespace goes whatever is in it.
  const going: readonly (string | null)[] = taken.namespaces ? namespaces : [];
  const objects = releases.flatMap((release) =>
    release.objects.filter((object) => !going.includes(objectRef(object, release.namespace).namespace)),
  );
  const kept = objects.filter(keepsOnUninstall);
  const crds = kept.filter(({ kind }) => kind === "CustomResourceDefinition");
  const claims = kept.filter(({ kind }) => kind === "PersistentVolumeClaim");
  const claiming = objects.filter(leavesClaims);
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

/** Volume claims outlive the StatefulSet that has made them, unless it says otherwise (Kubernetes 1.32 and later). */
function leavesClaims({ kind, spec }: KubeObject): boolean {
  if (kind !== "StatefulSet" || asList(spec?.["volumeClaimTemplates"]).length === 0) return false;
  return asObject(spec?.["persistentVolumeClaimRetentionPolicy"])["whenDeleted"] !== "Delete";
}

function few(things: readonly unknown[], noun: string, flag: string): string[] {
  if (things.length === 0) return [];
  return [`${things.length} ${noun}${things.length === 1 ? "" : "s"} (unless ${flag})`];
}
