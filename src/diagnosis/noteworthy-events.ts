import type { KubeObject } from "../model/kube-object.ts";
import { type ClusterEvent, eventsOf } from "./cluster-events.ts";
import type { Subject } from "./finding.ts";
import { podsUnder } from "./pods-under.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** Normal events that say what takes its time. */
const TELLING = [
  "Pulling",
  "TriggeredScaleUp",
  "Nominated",
  "ExternalProvisioning",
  "Provisioning",
  "EnsuringLoadBalancer",
  "EnsuredLoadBalancer",
];

/** How many events of one release are told. */
const LIMIT = 20;

/** An event that belongs to a release, and what makes another one its repetition. */
export interface NoteworthyEvent {
  readonly event: ClusterEvent;
  readonly key: string;
}

/** Warnings and telling normal events of what a release waits for, oldest first; of those that say the same, the first. */
export function noteworthyEvents(subject: Subject, snapshot: ClusterSnapshot): readonly NoteworthyEvent[] {
  const objects = subject.unready.flatMap(({ object }) => object ?? []);
  const family = [...objects, ...subject.hooks].flatMap((object) => familyOf(snapshot, object));
  const events = family
    .flatMap((object) => eventsOf(snapshot, object))
    .filter(({ warning, reason }) => warning || TELLING.includes(reason))
    .toSorted((one, other) => (one.firstSeen ?? "").localeCompare(other.firstSeen ?? ""))
    .map((event) => ({ event, key: keyOf(event) }));
  return [...new Map(events.toReversed().map((entry) => [entry.key, entry])).values()].toReversed().slice(0, LIMIT);
}

function familyOf(snapshot: ClusterSnapshot, object: KubeObject): readonly KubeObject[] {
  const family = podsUnder(snapshot, object);
  if (family === null) return [object];
  return [...new Set([object, ...family.makers, ...family.pods])];
}

/** Pods of one workload differ by the ends of their names, tries by numbers and addresses. */
function keyOf({ reason, object, message }: ClusterEvent): string {
  const same = message
    .replaceAll(object.name, "")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "")
    .replace(/\d+/g, "")
    .slice(0, 80);
  return `${object.kind} ${reason} ${same}`;
}
