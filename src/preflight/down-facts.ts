import type { KubeObject, ObjectRef } from "../model/kube-object.ts";

/** A release, by what makes it one. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** Custom resources, and what becomes of their kind. */
export interface CustomResources {
  /** True when their CustomResourceDefinition goes, and they with it. */
  readonly crdGoes: boolean;
  readonly objects: readonly KubeObject[];
}

/** A pod that belongs to a mesh. */
export interface MeshPod {
  readonly pod: KubeObject;
  /** The workload that it stands for in the end, such as its Deployment; the pod itself when nothing made it. */
  readonly workload: KubeObject;
}

/** What a `down` is judged by. Of all objects metadata is enough. */
export interface DownFacts {
  readonly stack: string;
  /** The stack's releases: those that go, and those that have gone before. */
  readonly releases: readonly ReleaseName[];
  /** What their manifests and hooks hold. */
  readonly objects: readonly ObjectRef[];
  /** Of the kinds that the stack's CRDs bring or its istiod serves, anywhere in the cluster. */
  readonly customResources: readonly CustomResources[];
  /** Istio's revisions whose istiod goes. */
  readonly revisions: readonly string[];
  /** True when the proxies of ambient mode go. */
  readonly ambient: boolean;
  /** Pods with a proxy, anywhere; none when no istiod goes. */
  readonly pods: readonly MeshPod[];
  /** Namespaces that go, and all that is in them. */
  readonly namespaces: readonly { readonly name: string; readonly objects: readonly KubeObject[] }[];
  /** The stack's volume claims that no uninstall takes along. */
  readonly claims: readonly ObjectRef[];
  /** True when those were asked to go. */
  readonly claimsGo: boolean;
}
