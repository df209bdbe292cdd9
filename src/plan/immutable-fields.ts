import { isBuiltIn } from "../manifest/comparable.ts";
import { fieldAt } from "../manifest/field-path.ts";
import { means } from "../manifest/means.ts";
import type { JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** A field that the API server takes no change of. */
interface ImmutableField {
  /** From the top. */
  readonly path: string;
  /** What stands there where a manifest says nothing. */
  readonly otherwise?: JsonValue | ((object: KubeObject) => JsonValue | undefined);
  /** Filled in by the API server: no change where the manifest did not name it `before`, or does not on `either` side. */
  readonly left?: "before" | "either";
  /** Objects whose field may change all the same. */
  readonly unless?: (before: KubeObject, after: KubeObject) => boolean;
}

/**
 * The first field of an object that would change and never may; null where the API server would take it. Only what charts
 * can change is looked at: a bare Pod, of which nearly nothing may change, is left to Helm. Pure.
 */
export function changedImmutable(before: KubeObject, after: KubeObject): string | null {
  if (!isBuiltIn(before.apiVersion)) return null;
  const fields = [...(IMMUTABLE[before.kind] ?? []), ...(before["immutable"] === true ? FROZEN : [])];
  return fields.find((field) => isChanged(field, before, after))?.path ?? null;
}

function isChanged({ path, otherwise, left, unless }: ImmutableField, before: KubeObject, after: KubeObject): boolean {
  if (unless?.(before, after)) return false;
  const keys = path.split(".");
  const [was, is] = [fieldAt(before, keys), fieldAt(after, keys)];
  if (left !== undefined && (was === undefined || (left === "either" && is === undefined))) return false;
  const [one, other] = [was ?? standIn(otherwise, before), is ?? standIn(otherwise, after)];
  return !means(one, other, keys);
}

function standIn(otherwise: ImmutableField["otherwise"], object: KubeObject): JsonValue | undefined {
  return typeof otherwise === "function" ? otherwise(object) : otherwise;
}

function field(path: string, more: Omit<ImmutableField, "path"> = {}): ImmutableField {
  return { path, ...more };
}

/** What a Secret or ConfigMap with `immutable: true` holds. */
const FROZEN = ["data", "binaryData", "immutable"].map((path) => field(path));

const SELECTOR = field("spec.selector");

/** By kind, as the API server's own validation has it (kubernetes 1.36, pkg/apis/…/validation, Validate…Update). */
const IMMUTABLE: Readonly<Record<string, readonly ImmutableField[]>> = {
  Deployment: [SELECTOR],
  DaemonSet: [SELECTOR],
  ReplicaSet: [SELECTOR],
  StatefulSet: [
    SELECTOR,
    field("spec.serviceName"),
    field("spec.podManagementPolicy", { otherwise: "OrderedReady" }),
    field("spec.volumeClaimTemplates"),
  ],
  Job: [
    field("spec.template"),
    SELECTOR,
    field("spec.completionMode", { otherwise: "NonIndexed" }),
    field("spec.completions", { otherwise: singleCompletion, unless: isIndexed }),
    field("spec.podFailurePolicy"),
    field("spec.successPolicy"),
    field("spec.backoffLimitPerIndex"),
    field("spec.managedBy"),
  ],
  Service: [
    field("spec.clusterIP", { left: "either", unless: (...both) => both.some(isOfType("ExternalName")) }),
    field("spec.loadBalancerClass", { unless: (...both) => !both.every(isOfType("LoadBalancer")) }),
  ],
  PersistentVolumeClaim: [
    // A claim that goes takes its data with it: where a class or volume is only no longer named, that is not our word.
    field("spec.storageClassName", { left: "either" }),
    field("spec.volumeName", { left: "either" }),
    field("spec.dataSource", { left: "either" }),
    field("spec.dataSourceRef", { left: "either" }),
    field("spec.accessModes"),
    SELECTOR,
    field("spec.volumeMode", { otherwise: "Filesystem" }),
  ],
  PersistentVolume: [
    field("spec.volumeMode", { otherwise: "Filesystem" }),
    ...["csi", "fc", "hostPath", "iscsi", "local", "nfs"].map((source) => field(`spec.${source}`)),
  ],
  StorageClass: [
    field("provisioner"),
    field("parameters"),
    field("reclaimPolicy", { otherwise: "Delete" }),
    field("volumeBindingMode", { otherwise: "Immediate" }),
  ],
  VolumeAttributesClass: [field("driverName"), field("parameters")],
  CSIDriver: [
    field("spec.attachRequired", { otherwise: true }),
    field("spec.volumeLifecycleModes", { otherwise: ["Persistent"] }),
  ],
  RoleBinding: [field("roleRef")],
  ClusterRoleBinding: [field("roleRef")],
  Secret: [field("type", { otherwise: "Opaque" })],
  PriorityClass: [field("value"), field("preemptionPolicy", { otherwise: "PreemptLowerPriority" })],
  RuntimeClass: [field("handler")],
  IngressClass: [field("spec.controller")],
  ResourceQuota: [field("spec.scopes")],
  EndpointSlice: [field("addressType")],
  ResourceClaim: [field("spec")],
  ResourceClaimTemplate: [field("spec")],
  CustomResourceDefinition: ["spec.scope", "spec.group", "spec.names.kind", "spec.names.plural"].map((path) =>
    field(path),
  ),
};

/** A Job that names neither is done by one pod; one that names how many at a time has no number to reach. */
function singleCompletion({ spec }: KubeObject): JsonValue | undefined {
  return spec?.["parallelism"] === undefined ? 1 : undefined;
}

/** Of these the number may change, together with how many run at a time. */
function isIndexed(_before: KubeObject, { spec }: KubeObject): boolean {
  return spec?.["completionMode"] === "Indexed";
}

function isOfType(type: string): (object: KubeObject) => boolean {
  return ({ spec }) => spec?.["type"] === type;
}
