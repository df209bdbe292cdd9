import { fieldAt } from "../manifest/field-path.ts";
import { keepsOnUninstall } from "../manifest/resource-policy.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { quantity } from "../model/quantity.ts";
import { changedImmutable } from "./immutable-fields.ts";

/** What a change takes away. */
export interface Loss {
  /** For people: what is lost, or why. */
  readonly loses: string;
  /** True when the API server takes no such change: the object has to go, and is made anew. */
  readonly replaced: boolean;
}

/** What is lost with an object that is removed; null for what can be made again. Pure. */
export function lossOfRemoval(object: KubeObject): Loss | null {
  if (keepsOnUninstall(object)) return null;
  const loses = REMOVED[object.kind];
  return loses === undefined ? null : { loses, replaced: false };
}

const REMOVED: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: "the volume and the data in it",
  PersistentVolume: "the volume, and by its reclaim policy the data in it",
  CustomResourceDefinition: "every object of its kind",
  Namespace: "everything in it",
};

/** What is lost when an object changes; null for changes that only change. Pure. */
export function lossOfChange(before: KubeObject, after: KubeObject): Loss | null {
  return (
    immutableLoss(before, after) ??
    lossOf(balancerLoss(before, after)) ??
    lossOf(versionLoss(before, after)) ??
    lossOf(shrinkLoss(before, after))
  );
}

function lossOf(loses: string | null): Loss | null {
  return loses === null ? null : { loses, replaced: false };
}

/** What goes with an object that is replaced; others only come back a moment later. */
const REPLACED: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: "the volume and the data in it",
  PersistentVolume: "the volume, and by its reclaim policy the data in it",
  CustomResourceDefinition: "every object of its kind",
  Service: "its address",
};

function immutableLoss(before: KubeObject, after: KubeObject): Loss | null {
  const changed = changedImmutable(before, after);
  if (changed === null) return null;
  const beside = REPLACED[before.kind];
  const because = `it is replaced, as ${changed} cannot be changed`;
  return { loses: beside === undefined ? because : `${beside}: ${because}`, replaced: true };
}

/** Annotations by which a cloud decides what sort of load balancer it makes, each provider's own documentation. */
const BALANCER_ANNOTATIONS: readonly string[] = [
  "service.beta.kubernetes.io/aws-load-balancer-type",
  "service.beta.kubernetes.io/aws-load-balancer-scheme",
  "service.beta.kubernetes.io/aws-load-balancer-internal",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type",
  "service.beta.kubernetes.io/azure-load-balancer-internal",
  "service.beta.kubernetes.io/azure-load-balancer-internal-subnet",
  "networking.gke.io/load-balancer-type",
  "cloud.google.com/load-balancer-type",
  "cloud.google.com/l4-rbs",
];

function balancerLoss(before: KubeObject, after: KubeObject): string | null {
  if (before.kind !== "Service" || before.spec?.["type"] !== "LoadBalancer") return null;
  if (after.spec?.["type"] !== "LoadBalancer") return "its load balancer and address";
  const annotation = BALANCER_ANNOTATIONS.find(
    (key) => before.metadata.annotations?.[key] !== after.metadata.annotations?.[key],
  );
  return annotation === undefined ? null : `its load balancer and address: ${annotation} makes it another one`;
}

function versionLoss(before: KubeObject, after: KubeObject): string | null {
  if (before.kind !== "CustomResourceDefinition") return null;
  const [was, is] = [servedVersions(before), servedVersions(after)];
  const dropped = was.filter((version) => !is.includes(version));
  return dropped.length === 0 ? null : `objects and clients of version ${dropped.join(", ")}`;
}

function servedVersions({ spec }: KubeObject): readonly string[] {
  return asList(spec?.["versions"])
    .map(asObject)
    .flatMap(({ name, served }) => (served === false ? [] : (asText(name) ?? [])));
}

function shrinkLoss(before: KubeObject, after: KubeObject): string | null {
  if (before.kind !== "PersistentVolumeClaim") return null;
  const [was, is] = [before, after].map((claim) =>
    quantity(fieldAt(claim, ["spec", "resources", "requests", "storage"])),
  );
  return (is ?? 0) < (was ?? 0) ? "nothing, but volumes cannot shrink: the API server refuses" : null;
}
