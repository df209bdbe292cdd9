import { asObject, asText } from "../model/json.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type ClusterSnapshot, KINDS, objectsIn } from "./snapshot.ts";

/** A core/v1 Event, as far as it is read. */
export interface ClusterEvent {
  readonly warning: boolean;
  readonly reason: string;
  readonly message: string;
  readonly object: ObjectRef;
  /** Such as `spec.containers{app}`; empty when it is about the whole object. */
  readonly fieldPath: string;
  /** ISO 8601. */
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly count: number;
}

/** What the events say of an object, the newest last. */
export function eventsOf(snapshot: ClusterSnapshot, { kind, metadata }: KubeObject): readonly ClusterEvent[] {
  return objectsIn(snapshot, KINDS.events, metadata.namespace ?? "default")
    .filter((event) => {
      const about = asObject(event["involvedObject"]);
      const sameLife = about["uid"] === undefined || about["uid"] === metadata.uid;
      return about["kind"] === kind && about["name"] === metadata.name && sameLife;
    })
    .map(readEvent)
    .toSorted((one, other) => (one.lastSeen ?? "").localeCompare(other.lastSeen ?? ""));
}

/** Reads an Event, whichever of the two APIs wrote it. */
function readEvent(event: KubeObject): ClusterEvent {
  const about = asObject(event["involvedObject"]);
  const series = asObject(event["series"]);
  const made = asText(event["eventTime"]) ?? event.metadata.creationTimestamp ?? null;
  const count = series["count"] ?? event["count"];
  return {
    warning: event["type"] === "Warning",
    reason: asText(event["reason"]) ?? "",
    message: asText(event["message"]) ?? "",
    object: {
      apiVersion: asText(about["apiVersion"]) ?? "v1",
      kind: asText(about["kind"]) ?? "",
      namespace: asText(about["namespace"]),
      name: asText(about["name"]) ?? "",
    },
    fieldPath: asText(about["fieldPath"]) ?? "",
    firstSeen: asText(event["firstTimestamp"]) ?? made,
    lastSeen: asText(series["lastObservedTime"]) ?? asText(event["lastTimestamp"]) ?? made,
    count: typeof count === "number" ? count : 1,
  };
}

/** An event as a line of evidence. */
export function eventLine({ reason, message, count }: ClusterEvent): string {
  return `event ${reason}${count > 1 ? ` (${count} times)` : ""}: ${message}`;
}

/** The newest event with one of these reasons whose message fits; null when there is none. */
export function newestEvent(
  events: readonly ClusterEvent[],
  reasons: readonly string[],
  message: RegExp = /^/,
): ClusterEvent | null {
  return events.findLast((event) => reasons.includes(event.reason) && message.test(event.message)) ?? null;
}
