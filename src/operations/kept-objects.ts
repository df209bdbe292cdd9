import type { KubeClient } from "../kube/kube-client.ts";
import { claimedVolumes } from "../manifest/claimed-volumes.ts";
import { HELMS_OBJECTS } from "../manifest/helm-metadata.ts";
import { objectRef } from "../manifest/object-ref.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { saysItIsOf } from "../model/helm-owner.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { ReleaseName } from "../preflight/down-facts.ts";

const CRD = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
const CLAIM = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
/** Says of which release an object is part, as nearly all charts write it: claims of StatefulSets have no other mark. */
const INSTANCE = "app.kubernetes.io/instance";

/** A release's manifest. */
export interface ReleaseObjects extends ReleaseName {
  readonly objects: readonly KubeObject[];
}

/** CustomResourceDefinitions of a stack that uninstalls keep, or have kept before. */
export async function keptCrds(
  client: KubeClient,
  installed: readonly ReleaseObjects[],
  gone: readonly ReleaseName[],
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const { items } = await client.list(CRD, null, { labelSelector: HELMS_OBJECTS, metadataOnly: true }, signal);
  return [...keptOf(installed, CRD.kind), ...items.filter((object) => isOf(object, gone)).map(refOf)];
}

/** Volume claims of a stack that uninstalls keep, or have kept before; those that StatefulSets have made are among them. */
export async function keptClaims(
  client: KubeClient,
  installed: readonly ReleaseObjects[],
  gone: readonly ReleaseName[],
  signal: AbortSignal,
): Promise<readonly ObjectRef[]> {
  const namespaces = new Set([...installed, ...gone].map(({ namespace }) => namespace));
  const lists = await Promise.all(
    [...namespaces].map((namespace) => client.list(CLAIM, namespace, { metadataOnly: true }, signal)),
  );
  const found = lists.flatMap(({ items }) => items);
  const claims = installed.flatMap(({ namespace, objects }) => claimedVolumes(objects, namespace));
  const isClaimed = ({ metadata }: KubeObject): boolean =>
    claims.some(({ namespace, names }) => namespace === metadata.namespace && names.test(metadata.name));
  return [
    ...keptOf(installed, CLAIM.kind),
    ...found.filter((claim) => isOf(claim, gone) || isInstanceOf(claim, gone) || isClaimed(claim)).map(refOf),
  ];
}

function keptOf(installed: readonly ReleaseObjects[], kind: string): readonly ObjectRef[] {
  return installed.flatMap(({ namespace, objects }) =>
    objects
      .filter((object) => object.kind === kind && keepsOnUninstall(object))
      .map((object) => objectRef(object, namespace)),
  );
}

function isOf({ metadata }: KubeObject, releases: readonly ReleaseName[]): boolean {
  return releases.some((release) => saysItIsOf(metadata, release));
}

function isInstanceOf({ metadata: { labels = {}, namespace } }: KubeObject, releases: readonly ReleaseName[]): boolean {
  return releases.some((release) => release.name === labels[INSTANCE] && release.namespace === namespace);
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace = null } = metadata;
  return { apiVersion, kind, namespace, name };
}
