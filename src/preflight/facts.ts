import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { Stack } from "../model/stack.ts";
import type { AccessNeed } from "./access-needs.ts";

/** Why something could not be found out. */
export interface FactProblem {
  /** An error's code, such as `forbidden`. */
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Something that was looked for: found, or not to be had. Null: nobody looked. */
export type Fact<T> = { readonly value: T } | { readonly problem: FactProblem } | null;

/** The value of a fact; null when there is none. */
export function valueOf<T>(fact: Fact<T>): T | null {
  return fact !== null && "value" in fact ? fact.value : null;
}

/** Why a fact is not to be had; null when it is, or nobody looked. */
export function problemOf(fact: Fact<unknown>): FactProblem | null {
  return fact !== null && "problem" in fact ? fact.problem : null;
}

/** The same fact about a part of what was found. */
export function mapFact<T, U>(fact: Fact<T>, part: (value: T) => U): Fact<U> {
  return fact !== null && "value" in fact ? { value: part(fact.value) } : fact;
}

/** A cluster that answers. */
export interface ClusterFact {
  readonly context: string;
  /** As the API server says it: `v1.36.3`. */
  readonly kubernetesVersion: string;
  /** False when it is the kubeconfig's current context that nobody has named, and nobody can be asked. */
  readonly named: boolean;
}

/** What a release's chart renders. */
export interface RenderedRelease {
  readonly release: string;
  readonly objects: Fact<readonly KubeObject[]>;
}

/** A release of the stack, as the cluster has it. */
export interface InstalledRelease {
  readonly release: string;
  readonly namespace: string;
  /** Of the newest revision; null when it was not looked at. */
  readonly chartVersion: string | null;
  /** Why flotilla keeps its hands off; null when it may work on it. */
  readonly refusal: FactProblem | null;
}

/** An object that carries another tool's mark. */
export interface MarkedObject {
  readonly object: ObjectRef;
  /** In words, such as `Flux (HelmRelease apps/shop)`. */
  readonly owner: string;
}

/**
 * All that the checks look at. `doctor` gathers everything, `up` only what costs next to nothing; a check says nothing
 * about what nobody looked for.
 */
export interface Facts {
  readonly stack: Stack;
  readonly today: Date;
  /** flotilla's own version. */
  readonly flotilla: string;
  readonly helm: Fact<{ readonly version: string }>;
  readonly charts: Fact<readonly PinnedRelease[]>;
  readonly cluster: Fact<ClusterFact>;
  /** Who the cluster takes us for. */
  readonly identity: Fact<string>;
  /** What the stack needs and we may not do. */
  readonly denials: Fact<readonly AccessNeed[]>;
  readonly nodes: Fact<readonly KubeObject[]>;
  /** Those that hold resources: not over yet. */
  readonly pods: Fact<readonly KubeObject[]>;
  readonly storageClasses: Fact<readonly KubeObject[]>;
  /** CSIDrivers: what volumes are made by. */
  readonly csiDrivers: Fact<readonly KubeObject[]>;
  /** Services of type LoadBalancer, anywhere. */
  readonly loadBalancers: Fact<readonly KubeObject[]>;
  /** Deployments of the controllers that make load balancers: AWS's and MetalLB's, metadata only. */
  readonly controllers: Fact<readonly KubeObject[]>;
  /** MetalLB's IPAddressPools; none where the cluster does not know the kind. */
  readonly addressPools: Fact<readonly KubeObject[]>;
  /** ResourceQuotas in the namespaces of Istio's node agents. */
  readonly quotas: Fact<readonly KubeObject[]>;
  /** The stack's namespaces that exist. */
  readonly namespaces: Fact<readonly KubeObject[]>;
  /** The namespace of flotilla's own records; null when it does not exist. */
  readonly stateNamespace: Fact<KubeObject | null>;
  /** The stack's releases that are there. */
  readonly installed: Fact<readonly InstalledRelease[]>;
  readonly rendered: Fact<readonly RenderedRelease[]>;
  /** Deployments of istiod, anywhere. */
  readonly istiods: Fact<readonly KubeObject[]>;
  /** IstioOperator objects, anywhere. */
  readonly istioOperators: Fact<readonly KubeObject[]>;
  /** What carries Istio's labels: workloads, services, webhooks and cluster roles, metadata only. */
  readonly istioObjects: Fact<readonly KubeObject[]>;
  /** Istio's CustomResourceDefinitions, metadata only. */
  readonly istioCrds: Fact<readonly KubeObject[]>;
  /** Objects of the stack's releases that Flux or Argo CD reconcile. */
  readonly gitops: Fact<readonly (MarkedObject & { readonly release: string })[]>;
}

/** Facts about a stack that nobody has looked for yet. */
export function noFacts(stack: Stack, today: Date, flotilla: string): Facts {
  return {
    stack,
    today,
    flotilla,
    helm: null,
    charts: null,
    cluster: null,
    identity: null,
    denials: null,
    nodes: null,
    pods: null,
    storageClasses: null,
    csiDrivers: null,
    loadBalancers: null,
    controllers: null,
    addressPools: null,
    quotas: null,
    namespaces: null,
    stateNamespace: null,
    installed: null,
    rendered: null,
    istiods: null,
    istioOperators: null,
    istioObjects: null,
    istioCrds: null,
    gitops: null,
  };
}
