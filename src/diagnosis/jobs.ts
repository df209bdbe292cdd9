import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import { containersOf, logOf } from "./containers.ts";
import type { Finding } from "./finding.ts";
import { type ClusterSnapshot, KINDS, ownedBy, refTo } from "./snapshot.ts";

/** A Job or a hook's Pod that has failed, or whose pods fail while it still tries. */
export function jobFailed(snapshot: ClusterSnapshot, job: KubeObject, hook: boolean): readonly Finding[] {
  const over = conditionOf(job, "Failed") ?? conditionOf(job, "FailureTarget");
  const failed = over?.status === "True" || (job.kind === "Pod" && job.status?.["phase"] === "Failed");
  const pods = job.kind === "Pod" ? [job] : ownedBy(snapshot, KINDS.pods, job);
  const culprit = pods
    .filter(({ status }) => status?.["phase"] === "Failed")
    .toSorted(byAge)
    .at(-1);
  if (!failed && culprit === undefined) return [];
  const container = culprit && containersOf(culprit).find(({ ended }) => ended !== null && ended.exitCode !== 0);
  const what = `${hook ? "Hook " : ""}${job.kind} ${job.metadata.name}`;
  const how = container?.ended
    ? ` its container ${container.name} ended with ${container.ended.reason === "OOMKilled" ? "OOMKilled, more memory than its limit" : `exit code ${container.ended.exitCode}`}`
    : ` ${over?.message ? over.message.replace(/\.$/, "") : "its pod failed"}`;
  const rule = hook ? (failed ? "hook-failed" : "hook-retries") : failed ? "job-failed" : "job-retries";
  const finding: Finding = {
    rule,
    cause: job.metadata.name,
    object: refTo(job),
    owner: null,
    message: failed ? `${what} failed:${how}.` : `${what} has failed and tries again:${how}.`,
    hint: `See what it did: kubectl logs ${job.kind === "Pod" ? "" : "job/"}${job.metadata.name} --namespace ${job.metadata.namespace ?? ""}`,
    since: over?.since ?? container?.ended?.finishedAt ?? null,
    evidence: [
      ...(over?.status === "True" ? [`condition Failed, ${over.reason}: ${over.message}`] : []),
      ...(culprit && container?.ended
        ? [
            `pod ${culprit.metadata.name}, container ${container.name}: ${container.ended.reason}, exit code ${container.ended.exitCode}`,
          ]
        : []),
    ],
    log: culprit && container ? logOf(culprit, container) : null,
  };
  return [finding];
}

/** Names what a wait is about in another's words: findings on a hook's pods say that it is a hook's. */
export function ofHook(finding: Finding, hook: ObjectRef): Finding {
  return { ...finding, message: `Hook ${hook.kind} ${hook.name}: ${finding.message}` };
}

function byAge(one: KubeObject, other: KubeObject): number {
  return (one.metadata.creationTimestamp ?? "").localeCompare(other.metadata.creationTimestamp ?? "");
}
