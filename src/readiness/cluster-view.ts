import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** Names a kind the way objects do. */
export type KindRef = Pick<ObjectRef, "apiVersion" | "kind">;

/** The cluster as rules see it: live objects, as far as whoever runs flotilla may read them. */
export interface ClusterView {
  /** Null when there is no such object; `forbidden` when its kind may not be read there. */
  readonly get: (ref: ObjectRef) => KubeObject | null | "forbidden";
  /**
   * All objects of a kind in a namespace; null when they may not be read: a rule then does without.
   * @param namespace null for cluster-scoped kinds
   */
  readonly list: (kind: KindRef, namespace: string | null) => readonly KubeObject[] | null;
}

/** Kinds that rules look at beside their own object. */
export const POD: KindRef = { apiVersion: "v1", kind: "Pod" };
export const ENDPOINT_SLICE: KindRef = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
export const STORAGE_CLASS: KindRef = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
export const INGRESS: KindRef = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" };
