import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { LogWish } from "./container-log.ts";

/** A container's life that is over. */
export interface Ended {
  readonly exitCode: number;
  /** Such as `Error`, `OOMKilled`, `Completed`. */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601. */
  readonly finishedAt: string | null;
}

/** A container of a pod: what is wanted and how it is. */
export interface PodContainer {
  readonly name: string;
  /** As the pod's spec names it. */
  readonly image: string;
  readonly spec: JsonObject;
  /** `init container` or `container`. */
  readonly role: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly running: boolean;
  /** Why it waits; null when it does not. */
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  /** Its present life, when that is over. */
  readonly ended: Ended | null;
  /** The life before. */
  readonly before: Ended | null;
}

/** The containers of a pod that the kubelet has reported, those first that have to end before the others begin. */
export function containersOf(pod: KubeObject): readonly PodContainer[] {
  const read = (specs: string, statuses: string, role: string): PodContainer[] => {
    const reported = asList(pod.status?.[statuses]).map(asObject);
    return asList(pod.spec?.[specs]).flatMap((entry) => {
      const spec = asObject(entry);
      const status = reported.find(({ name }) => name === spec["name"]);
      return status ? [readContainer(spec, status, role)] : [];
    });
  };
  return [
    ...read("initContainers", "initContainerStatuses", "init container"),
    ...read("containers", "containerStatuses", "container"),
  ];
}

function readContainer(spec: JsonObject, status: JsonObject, role: string): PodContainer {
  const state = asObject(status["state"]);
  const waiting = state["waiting"] === undefined ? null : asObject(state["waiting"]);
  const restarts = status["restartCount"];
  return {
    name: asText(spec["name"]) ?? "",
    image: asText(spec["image"]) ?? "",
    spec,
    role,
    ready: status["ready"] === true,
    restarts: typeof restarts === "number" ? restarts : 0,
    running: state["running"] !== undefined,
    waiting: waiting && { reason: asText(waiting["reason"]) ?? "", message: asText(waiting["message"]) ?? "" },
    ended: readEnded(state["terminated"]),
    before: readEnded(asObject(status["lastState"])["terminated"]),
  };
}

function readEnded(value: unknown): Ended | null {
  if (value === undefined || value === null) return null;
  const ended = asObject(value);
  const exitCode = ended["exitCode"];
  return {
    exitCode: typeof exitCode === "number" ? exitCode : 0,
    reason: asText(ended["reason"]) ?? "",
    message: asText(ended["message"]) ?? "",
    finishedAt: asText(ended["finishedAt"]),
  };
}

/** The log in which a container says why it is not well: of its life before, unless its present life is the one that ended. */
export function logOf({ metadata }: KubeObject, container: PodContainer): LogWish {
  const { name, restarts, ended, before } = container;
  const previous = ended === null && before !== null;
  return { namespace: metadata.namespace ?? "", pod: metadata.name, container: name, previous, restarts };
}
