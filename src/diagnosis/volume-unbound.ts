import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { eventLine, eventsOf, newestEvent } from "./cluster-events.ts";
import { conditionOf } from "./conditions.ts";
import { type Finding, NOTHING, type RuleResult } from "./finding.ts";
import { type PodContext, podFinding } from "./pod-context.ts";
import { type ClusterSnapshot, hasPart, KINDS, objectsIn, refTo, wasRead } from "./snapshot.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** Volumes that a pod waits for: claims that nobody binds, and what cannot be attached or mounted. */
export function podVolumes(context: PodContext): RuleResult {
  const { pod, snapshot } = context;
  const claims = asList(pod.spec?.["volumes"])
    .map((volume) => asText(asObject(asObject(volume)["persistentVolumeClaim"])["claimName"]))
    .filter((name) => name !== null);
  if (claims.length === 0) return NOTHING;
  const namespace = pod.metadata.namespace ?? null;
  const part = { ...KINDS.claims, namespace };
  if (!hasPart(snapshot, part)) return { findings: [], parts: [part] };
  const live = objectsIn(snapshot, KINDS.claims, namespace);
  const missing = !wasRead(snapshot, part)
    ? []
    : claims.filter((name) => !live.some(({ metadata }) => metadata.name === name));
  const results = live
    .filter(({ metadata }) => claims.includes(metadata.name))
    .map((claim) => claimUnbound(snapshot, claim));
  return {
    findings: [
      ...results.flatMap(({ findings }) => findings),
      ...missing.map((name) => missingClaim(context, name)),
      ...attachFailure(context),
    ],
    parts: results.flatMap(({ parts }) => parts),
  };
}

function missingClaim(context: PodContext, name: string): Finding {
  return podFinding(context, {
    rule: "volume-unbound",
    cause: `missing ${name}`,
    message: `The pod wants volume claim ${name}, and there is none of that name.`,
    hint: `Create it, or correct the claim's name in the release's values: kubectl get pvc ${context.flag}`,
    evidence: [`condition PodScheduled=False: ${conditionOf(context.pod, "PodScheduled")?.message ?? ""}`],
  });
}

/** The kubelet and the attach controller, of volumes that are bound. What a missing Secret is behind is config-missing. */
function attachFailure(context: PodContext): readonly Finding[] {
  const begun = context.containers.some(({ running, ended, before }) => running || ended !== null || before !== null);
  const event = begun ? null : newestEvent(context.events, ["FailedAttachVolume", "FailedMount", "FailedMapVolume"]);
  if (!event || /(?:secret|configmap) "/i.test(event.message)) return [];
  const [, volume] = /volume "([^"]+)"/.exec(event.message) ?? [];
  return [
    podFinding(context, {
      rule: "volume-unbound",
      cause: `attach ${volume ?? ""}`,
      message: /Multi-Attach/.test(event.message)
        ? `Volume ${volume ?? ""} is still attached to another node, and only one may have it.`
        : `Volume ${volume ?? ""} cannot be attached or mounted: ${event.message.trim()}`,
      hint: `See who uses the volume and what its driver says: kubectl describe pod ${context.pod.metadata.name} ${context.flag}`,
      since: event.firstSeen,
      evidence: [eventLine(event)],
    }),
  ];
}

/** A claim that is not bound, and why; one that waits for its first pod on purpose is fine. */
export function claimUnbound(snapshot: ClusterSnapshot, claim: KubeObject): RuleResult {
  const phase = asText(claim.status?.["phase"]);
  if (phase === "Bound") return NOTHING;
  if (phase === "Lost") return { findings: [finding(claim, "volume-lost", LOST)], parts: [] };
  const classes = { ...KINDS.storageClasses, namespace: null };
  if (!hasPart(snapshot, classes)) return { findings: [], parts: [classes] };
  const explained = explain(snapshot, claim);
  return explained === null ? NOTHING : { findings: [finding(claim, "volume-unbound", explained)], parts: [] };
}

/** What is said of a claim. */
interface Explained {
  readonly why: string;
  readonly hint: string;
  readonly evidence: readonly string[];
}

const LOST: Explained = {
  why: "its volume is gone, and the data with it",
  hint: "Restore the volume, or delete the claim so that a new, empty one is made.",
  evidence: ["phase Lost"],
};

function explain(snapshot: ClusterSnapshot, claim: KubeObject): Explained | null {
  const classes = objectsIn(snapshot, KINDS.storageClasses, null);
  const wanted = asText(claim.spec?.["storageClassName"]);
  const events = eventsOf(snapshot, claim);
  const names = classes.map(({ metadata }) => metadata.name).join(", ") || "none";
  const evidence = [`storage classes of the cluster: ${names}`];
  const said = newestEvent(events, ["ProvisioningFailed", "FailedBinding", "VolumeFailedDelete"]);
  const told = said ? [eventLine(said)] : [];
  if (!wasRead(snapshot, { ...KINDS.storageClasses, namespace: null })) {
    return (
      said && { why: said.message.trim(), hint: "Check storageClassName in the release's values.", evidence: told }
    );
  }
  if (wanted === null || wanted === "") {
    const standard = classes.some(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
    if (wanted === null && standard) return null;
    return {
      why: "it names no storage class, and the cluster has no default one or no volume that fits",
      hint: "Name a class in the release's values (storageClassName), or make one the default: kubectl annotate storageclass NAME storageclass.kubernetes.io/is-default-class=true",
      evidence: [...told, ...evidence],
    };
  }
  const found = classes.find(({ metadata }) => metadata.name === wanted);
  if (!found) {
    return {
      why: `the cluster has no storage class ${wanted}`,
      hint: `Name one that exists in the release's values (storageClassName): kubectl get storageclass`,
      evidence: [...told, ...evidence],
    };
  }
  if (!said) return null;
  return {
    why: `storage class ${wanted} (${asText(found["provisioner"]) ?? ""}) makes no volume: ${said.message.trim()}`,
    hint: "See the storage driver's pods and their logs; its quota or permissions may be what is missing.",
    evidence: told,
  };
}

function finding(
  claim: KubeObject,
  rule: "volume-unbound" | "volume-lost",
  { why, hint, evidence }: Explained,
): Finding {
  const { name, creationTimestamp } = claim.metadata;
  return {
    rule,
    cause: `claim ${name}`,
    object: refTo(claim),
    owner: null,
    message: `Volume claim ${name} is not bound: ${why}.`,
    hint,
    since: creationTimestamp ?? null,
    evidence,
    log: null,
  };
}
