import { examine } from "../../src/diagnosis/examine.ts";
import type { Examination, Subject } from "../../src/diagnosis/finding.ts";
import { type ClusterSnapshot, type Part, partKey } from "../../src/diagnosis/snapshot.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

// Objects as real clusters show them (Kubernetes 1.31 to 1.36), cut down to what anybody looks at. Recordings of a real
// node can be put beside them: a snapshot is nothing but objects.

const MADE = "2026-11-24T10:00:00Z";
const NAMESPACE = "shop";

/** Everything of one namespace, and of the cluster. */
export function snapshotOf(objects: readonly KubeObject[], unread: readonly Part[] = []): ClusterSnapshot {
  const parts = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const key = partKey({ ...object, namespace: object.metadata.namespace ?? null });
    parts.set(key, [...(parts.get(key) ?? []), object]);
  }
  return {
    takenAtMs: Date.parse(MADE) + 30_000,
    parts,
    unread: new Map(unread.map((part) => [partKey(part), "not allowed"])),
    logs: new Map(),
  };
}

/** Reads the parts that the rules ask for, as the executor does, from the objects that there are. */
export function look(subject: Subject, objects: readonly KubeObject[], unread: readonly Part[] = []): Examination {
  const all = snapshotOf(objects, unread);
  const parts = new Map<string, readonly KubeObject[]>();
  for (;;) {
    const seen = examine(subject, { ...all, parts });
    if (seen.parts.length === 0) return seen;
    for (const part of seen.parts) parts.set(partKey(part), all.parts.get(partKey(part)) ?? []);
  }
}

/** A release of which these objects are not ready. */
export function waitingFor(...objects: readonly KubeObject[]): Subject {
  const unready = objects.map((object) => ({
    ref: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: object.metadata.namespace ?? null,
      name: object.metadata.name,
    },
    object,
    awaiting: "0/1 pods ready",
    reason: null,
    failed: false,
  }));
  return { release: "shop", namespace: NAMESPACE, unready, hooks: [] };
}

/** Any object, with a uid that follows from its name. */
export function object(
  [apiVersion, kind, name]: readonly [string, string, string],
  fields: JsonObject = {},
  metadata: JsonObject = {},
): KubeObject {
  const base = { name, namespace: NAMESPACE, uid: `uid-${kind}-${name}`, creationTimestamp: MADE };
  return { apiVersion, kind, metadata: { ...base, ...metadata }, ...fields } as KubeObject;
}

function ownedBy(owner: KubeObject): JsonObject {
  const { apiVersion, kind, metadata } = owner;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true }] };
}

/** A Deployment and its newest ReplicaSet. */
export function deployment(replicaSetStatus: JsonObject = {}): readonly [KubeObject, KubeObject] {
  const owner = object(["apps/v1", "Deployment", "web"], { spec: { replicas: 1 }, status: {} });
  const annotations = { "deployment.kubernetes.io/revision": "2" };
  const set = object(
    ["apps/v1", "ReplicaSet", "web-7d4"],
    { spec: { replicas: 1 }, status: replicaSetStatus },
    {
      ...ownedBy(owner),
      annotations,
    },
  );
  return [owner, set];
}

/** What a container is like. */
export interface ContainerState {
  readonly spec?: JsonObject;
  readonly status: JsonObject;
}

/** A scheduled pod of an owner with one container, `app`. */
export function pod(
  owner: KubeObject,
  container: ContainerState,
  change: { name?: string; spec?: JsonObject } = {},
): KubeObject {
  const { name = "web-7d4-abcde", spec = {} } = change;
  return object(
    ["v1", "Pod", name],
    {
      spec: {
        nodeName: "node-1",
        restartPolicy: "Always",
        containers: [{ name: "app", image: "registry.example/web:1", ...container.spec }],
        ...spec,
      },
      status: {
        phase: "Pending",
        conditions: [
          { type: "PodScheduled", status: "True", lastTransitionTime: MADE },
          { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: MADE },
        ],
        containerStatuses: [{ name: "app", ready: false, restartCount: 0, ...container.status }],
      },
    },
    ownedBy(owner),
  );
}

/** A pod that the scheduler has not placed. */
export function unscheduledPod(owner: KubeObject, message: string, spec: JsonObject = {}): KubeObject {
  return object(
    ["v1", "Pod", "web-7d4-abcde"],
    {
      spec: { containers: [{ name: "app", image: "registry.example/web:1" }], ...spec },
      status: {
        phase: "Pending",
        conditions: [
          { type: "PodScheduled", status: "False", reason: "Unschedulable", message, lastTransitionTime: MADE },
        ],
      },
    },
    ownedBy(owner),
  );
}

/** An event of core/v1 about an object. */
export function event(about: KubeObject, reason: string, message: string, change: JsonObject = {}): KubeObject {
  const { apiVersion, kind, metadata } = about;
  const involvedObject = { apiVersion, kind, namespace: NAMESPACE, name: metadata.name, uid: metadata.uid ?? "" };
  return object(["v1", "Event", `${metadata.name}.${reason}`], {
    involvedObject: { ...involvedObject, ...(kind === "Pod" ? { fieldPath: "spec.containers{app}" } : {}) },
    type: "Warning",
    reason,
    message,
    firstTimestamp: MADE,
    lastTimestamp: MADE,
    count: 3,
    ...change,
  });
}
