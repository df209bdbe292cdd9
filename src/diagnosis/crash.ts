import { newestEvent } from "./cluster-events.ts";
import { type Ended, logOf, type PodContainer } from "./containers.ts";
import type { Finding } from "./finding.ts";
import { containerName, eventsOfContainer, type PodContext, podFinding } from "./pod-context.ts";
import { asObject, asText } from "../model/json.ts";

/** Reasons of containers that could not even be started (k8s.io/kubernetes pkg/kubelet/kuberuntime). */
const NOT_STARTED = [
  "RunContainerError",
  "CreateContainerError",
  "StartError",
  "ContainerCannotRun",
  "PostStartHookError",
  "PreCreateHookError",
  "PreStartHookError",
];

/** What exit codes mean by custom (bash's manual, "Exit status"; 128 + signal). */
const EXIT_CODES: Readonly<Record<number, string>> = {
  126: "its command cannot be executed",
  127: "its command was not found",
  134: "it aborted itself",
  137: "it was killed",
  139: "it crashed with a memory fault",
  143: "it was told to end",
};

/** Containers that end with an error, are killed for their memory, or cannot be started. */
export function crashes(context: PodContext): readonly Finding[] {
  return context.containers.flatMap((container) => {
    const reason = container.waiting?.reason ?? "";
    const ended = container.ended ?? container.before;
    if (NOT_STARTED.includes(reason) || NOT_STARTED.includes(ended?.reason ?? "")) {
      return [notStarted(context, container, ended)];
    }
    if (ended === null || container.ready || isDone(context, container)) return [];
    if (ended.reason === "OOMKilled") return [outOfMemory(context, container, ended)];
    // A probe that ends the container is what went wrong: see probe-failing.
    if (isKilledByProbe(context, container)) return [];
    return ended.exitCode !== 0 || reason === "CrashLoopBackOff" ? [crashed(context, container, ended)] : [];
  });
}

/** Whether the kubelet ended a container because of its liveness or startup probe. */
export function isKilledByProbe({ events }: PodContext, { name }: PodContainer): boolean {
  return newestEvent(eventsOfContainer(events, name), ["Killing"], /failed (?:liveness|startup) probe/) !== null;
}

/** What ended for good is the Job's affair; an init container that ended well has done its part. */
function isDone({ pod }: PodContext, { ended, before, waiting }: PodContainer): boolean {
  if (ended === null) return false;
  if (ended.exitCode === 0 && waiting === null && (before === null || before.exitCode === 0)) return true;
  return pod.spec?.["restartPolicy"] === "Never";
}

function crashed(context: PodContext, container: PodContainer, ended: Ended): Finding {
  const { pod, flag } = context;
  const log = logOf(pod, container);
  const means = EXIT_CODES[ended.exitCode];
  const what =
    ended.exitCode === 0 ? "ends by itself, though it should go on running" : `ends with exit code ${ended.exitCode}`;
  return podFinding(context, {
    rule: "crash-loop",
    cause: `${container.name} ${container.image} ${ended.exitCode}`,
    message: `${sentence(containerName(container))} ${what}${means ? ` (${means})` : ""} and is started again and again.`,
    hint: `Its own words say why: kubectl logs ${pod.metadata.name} ${flag} --container ${container.name}${log.previous ? " --previous" : ""}`,
    ...(ended.finishedAt ? { since: ended.finishedAt } : {}),
    evidence: [endLine(container, ended)],
    log,
  });
}

function outOfMemory(context: PodContext, container: PodContainer, ended: Ended): Finding {
  const limit = asText(asObject(asObject(container.spec["resources"])["limits"])["memory"]);
  return podFinding(context, {
    rule: "oom-killed",
    cause: `${container.name} ${limit ?? ""}`,
    message: limit
      ? `${sentence(containerName(container))} was killed because it needs more memory than its limit of ${limit}.`
      : `${sentence(containerName(container))} was killed because the node ran out of memory.`,
    hint: limit
      ? `Raise resources.limits.memory of ${containerName(container)} in the release's values, or let the program use less.`
      : `Set resources.requests.memory of ${containerName(container)} in the release's values, so that it gets a node with room.`,
    ...(ended.finishedAt ? { since: ended.finishedAt } : {}),
    evidence: [endLine(container, ended)],
    log: logOf(context.pod, container),
  });
}

function notStarted(context: PodContext, container: PodContainer, ended: Ended | null): Finding {
  const { waiting } = container;
  const words = waiting?.message || ended?.message || waiting?.reason || ended?.reason || "";
  return podFinding(context, {
    rule: "crash-loop",
    cause: `${container.name} ${container.image} start`,
    message: `${sentence(containerName(container))} cannot be started: ${words}`,
    hint: "Check the container's command, args, mounts and security context in the release's values against what is in the image.",
    evidence: [`container ${container.name}: ${waiting?.reason ?? ended?.reason ?? ""}`],
  });
}

function endLine({ name, restarts }: PodContainer, { exitCode, reason, message }: Ended): string {
  const words = message === "" ? "" : `: ${message.trim().split("\n").at(-1)}`;
  return `container ${name}: ${reason || "ended"}, exit code ${exitCode}, ${restarts} restart${restarts === 1 ? "" : "s"}${words}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
