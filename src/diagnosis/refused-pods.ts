import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { eventsOf, newestEvent } from "./cluster-events.ts";
import { conditionOf } from "./conditions.ts";
import type { Finding, RuleResult } from "./finding.ts";
import { explainRefusal } from "./refusal.ts";
import { type ClusterSnapshot, hasPart, KINDS } from "./snapshot.ts";
import { webhookBehind } from "./webhook-behind.ts";

/** Why a controller cannot make the pods that are missing: what the API server answered it. */
export function refusedPods(snapshot: ClusterSnapshot, makers: readonly KubeObject[], owner: ObjectRef): RuleResult {
  const events = { ...KINDS.events, namespace: owner.namespace };
  const wished = hasPart(snapshot, events) ? [] : [events];
  const refusal = makers.map((maker) => refusalOf(snapshot, maker)).find((found) => found !== null);
  if (!refusal) return { findings: [], parts: wished };
  const { rule, cause, message, hint } = explainRefusal(refusal.words, owner);
  const behind = rule === "webhook-unreachable" ? webhookBehind(snapshot, refusal.words) : { lines: [], parts: [] };
  const finding: Finding = {
    rule,
    cause,
    object: owner,
    owner: null,
    message,
    hint,
    since: refusal.since,
    evidence: [refusal.line, ...behind.lines],
    log: null,
  };
  return { findings: [finding], parts: [...wished, ...behind.parts] };
}

/** What a controller was told, and since when. */
interface Refusal {
  readonly words: string;
  readonly line: string;
  readonly since: string | null;
}

/** Conditions say what holds now; StatefulSets, DaemonSets and Jobs have none for it and tell by events only. */
function refusalOf(snapshot: ClusterSnapshot, maker: KubeObject): Refusal | null {
  const condition = conditionOf(maker, "ReplicaFailure");
  if (condition?.status === "True") {
    const words = condition.message;
    return {
      words,
      line: `${maker.kind} ${maker.metadata.name}, condition ReplicaFailure: ${words}`,
      since: condition.since,
    };
  }
  if (maker.kind === "ReplicaSet" || maker.kind === "Deployment") return null;
  const event = newestEvent(eventsOf(snapshot, maker), ["FailedCreate"]);
  if (!event) return null;
  const words = event.message.replace(/^(?:Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )/, "");
  return { words, line: `${maker.kind} ${maker.metadata.name}, event FailedCreate: ${words}`, since: event.firstSeen };
}
