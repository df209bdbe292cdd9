import { asList, asObject } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** A kind by the name that objects give it. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The kinds that a diagnosis reads beside what is waited for. */
export const KINDS = {
  pods: { apiVersion: "v1", kind: "Pod" },
  replicaSets: { apiVersion: "apps/v1", kind: "ReplicaSet" },
  events: { apiVersion: "v1", kind: "Event" },
  nodes: { apiVersion: "v1", kind: "Node" },
  claims: { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  storageClasses: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" },
  services: { apiVersion: "v1", kind: "Service" },
  endpointSlices: { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
  quotas: { apiVersion: "v1", kind: "ResourceQuota" },
  mutatingWebhooks: { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" },
  validatingWebhooks: { apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
} as const satisfies Readonly<Record<string, KindName>>;

/** Some objects of a kind: in a namespace, or (null) of the whole cluster. */
export interface Part extends KindName {
  readonly namespace: string | null;
}

/** What a cluster was like at one moment, as far as somebody has looked: raw objects, and lines of containers' logs. */
export interface ClusterSnapshot {
  /** Milliseconds since 1970, by this machine's clock. */
  readonly takenAtMs: number;
  /** By {@link partKey}; what nobody has asked for is missing. */
  readonly parts: ReadonlyMap<string, readonly KubeObject[]>;
  /** Parts that were asked for and may not be read, with the reason. */
  readonly unread: ReadonlyMap<string, string>;
  /** By `logKey`, oldest line first. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

/** Names a part in a snapshot. */
export function partKey({ apiVersion, kind, namespace }: Part): string {
  return `${apiVersion} ${kind} ${namespace ?? ""}`;
}

/** Whether a part has been asked for: asking again would bring nothing new. */
export function hasPart(snapshot: ClusterSnapshot, part: Part): boolean {
  return snapshot.parts.has(partKey(part)) || snapshot.unread.has(partKey(part));
}

/** Whether a part is there: only then does it mean something that an object is not in it. */
export function wasRead(snapshot: ClusterSnapshot, part: Part): boolean {
  return snapshot.parts.has(partKey(part));
}

/** The objects of a part; none when it was not read. */
export function objectsIn(
  snapshot: ClusterSnapshot,
  { apiVersion, kind }: KindName,
  namespace: string | null,
): readonly KubeObject[] {
  return snapshot.parts.get(partKey({ apiVersion, kind, namespace })) ?? [];
}

/** Those objects of a part that an object controls. */
export function ownedBy(snapshot: ClusterSnapshot, kind: KindName, owner: KubeObject): readonly KubeObject[] {
  return objectsIn(snapshot, kind, owner.metadata.namespace ?? null).filter(({ metadata }) =>
    asList(metadata["ownerReferences"]).some((reference) => asObject(reference)["uid"] === owner.metadata.uid),
  );
}

/** Names an object. */
export function refTo({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace ?? null, name: metadata.name };
}
