import { type FieldPath } from "../manifest/field-path.ts";
import type { LackingField } from "../manifest/lacking-fields.ts";
import { isNothing } from "../manifest/same-value.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { quantity } from "../model/quantity.ts";

/** An object of a manifest, and those around it that may rightly change it. */
export interface DriftContext {
  readonly object: KubeObject;
  /** Null for cluster-scoped objects. */
  readonly namespace: string | null;
  /** The autoscalers in the cluster, of its namespace at least; null when they may not be read: any number of pods is right then. */
  readonly autoscalers: readonly KubeObject[] | null;
}

/** Whose field it is: each rule knows one owner that is neither Helm nor a person. */
type Rule = (field: LackingField, context: DriftContext) => boolean;

/** Those who may change a field of a release's object for good reasons. */
const RULES: readonly Rule[] = [isAutoscaled, isOfIstiod, isInjectedAuthority, isAggregated, isGrown, isAllocated];

/** Whether a field is rightly not as the manifest says, because somebody else has the say. Pure. */
export function isRespected(field: LackingField, context: DriftContext): boolean {
  return RULES.some((rule) => rule(field, context));
}

/** A live object without what others rightly change all the time: the number of its pods, istiod's marks on webhooks. Pure. */
export function withoutRespected(live: KubeObject, autoscalers: readonly KubeObject[] | null): KubeObject {
  const { kind, metadata, spec } = live;
  if (isWebhookConfiguration(live) && metadata.labels?.["istio.io/rev"] !== undefined) {
    const webhooks = asList(live["webhooks"]).map((each) => {
      const { failurePolicy: _policy, clientConfig, ...webhook } = asObject(each);
      const { caBundle: _authority, ...client } = asObject(clientConfig);
      return { ...webhook, clientConfig: client };
    });
    return { ...live, webhooks };
  }
  if (kind === "ClusterRole" && live["aggregationRule"] !== undefined) return { ...live, rules: [] };
  if (!hasAutoscaler(live, metadata.namespace ?? null, autoscalers)) return live;
  const { replicas: _replicas, ...rest } = spec ?? {};
  return { ...live, spec: rest };
}

/**
 * Whether an object is rightly gone: a Job that asked to be taken away when it is done (kubernetes.io, "Automatic Cleanup
 * for Finished Jobs").
 */
export function mayBeGone({ kind, spec }: KubeObject): boolean {
  return kind === "Job" && spec?.["ttlSecondsAfterFinished"] !== undefined;
}

/** The number of pods that an autoscaler has chosen (HorizontalPodAutoscaler; KEDA's are of that kind too). */
function isAutoscaled({ path }: LackingField, { object, namespace, autoscalers }: DriftContext): boolean {
  return text(path) === "spec/replicas" && hasAutoscaler(object, namespace, autoscalers);
}

function hasAutoscaler(
  { kind, metadata: { name } }: KubeObject,
  namespace: string | null,
  autoscalers: readonly KubeObject[] | null,
): boolean {
  if (autoscalers === null) return true;
  return autoscalers.some(({ metadata, spec }) => {
    const target = asObject(spec?.["scaleTargetRef"]);
    return metadata.namespace === namespace && target["kind"] === kind && target["name"] === name;
  });
}

/** Istiod puts its authority into the webhooks of its charts, and closes its validation once it answers. */
function isOfIstiod({ path }: LackingField, { object }: DriftContext): boolean {
  if (!isWebhookConfiguration(object) || object.metadata.labels?.["istio.io/rev"] === undefined) return false;
  return path.at(-1) === "caBundle" || path.at(-1) === "failurePolicy";
}

/** Marks of those who put an authority into webhooks, API services and CRDs (cert-manager, OpenShift). */
const INJECTOR_MARK = /^(?:cert-manager\.io\/inject-|service(?:\.beta|\.alpha)?\.openshift\.io\/inject-cabundle)/;

/** An authority that the manifest leaves to others: empty, a placeholder, or marked to be put in. */
function isInjectedAuthority({ path, wanted }: LackingField, { object }: DriftContext): boolean {
  if (path.at(-1) !== "caBundle") return false;
  const marked = Object.keys(object.metadata.annotations ?? {}).some((key) => INJECTOR_MARK.test(key));
  return marked || (asText(wanted) ?? "").length < SHORTEST_AUTHORITY;
}

/** No certificate is that short: `Cg==` and its like only hold the place. */
const SHORTEST_AUTHORITY = 32;

/** The rules that the controller gathers from other roles. */
function isAggregated({ path }: LackingField, { object }: DriftContext): boolean {
  return path[0] === "rules" && object.kind === "ClusterRole" && object["aggregationRule"] !== undefined;
}

/** Volume claims never shrink again: more than was asked for is no drift. */
function isGrown({ path, wanted, live }: LackingField, { object }: DriftContext): boolean {
  if (object.kind !== "PersistentVolumeClaim" || text(path) !== "spec/resources/requests/storage") return false;
  return quantity(live) > quantity(wanted);
}

/** Addresses and ports that the API server chooses where none is asked for. */
function isAllocated({ path, wanted }: LackingField, { object }: DriftContext): boolean {
  if (object.kind !== "Service" || !isNothing(wanted)) return false;
  return path.at(-1) === "clusterIP" || path.at(-1) === "nodePort" || path.at(-1) === "healthCheckNodePort";
}

function isWebhookConfiguration({ kind }: KubeObject): boolean {
  return kind === "MutatingWebhookConfiguration" || kind === "ValidatingWebhookConfiguration";
}

function text(path: FieldPath): string {
  return path.every((step) => typeof step === "string") ? path.join("/") : "";
}
