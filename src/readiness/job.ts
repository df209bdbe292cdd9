import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, numberIn } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A Job is ready when it is complete, and failed when the Job controller says so (back-off limit, deadline). Source:
 * helm `jobReady` with `--wait-for-jobs`; kstatus takes a Job that has merely started as current. A suspended Job waits.
 */
export function jobReadiness(job: KubeObject): Readiness {
  const done = numberIn(job.status, "succeeded") ?? 0;
  const wanted = numberIn(job.spec, "completions") ?? 1;
  const progress = wanted === 1 ? "job to complete" : `${done}/${wanted} completions`;
  for (const type of ["Failed", "FailureTarget"]) {
    const condition = conditionOf(job, type);
    if (condition?.status === "True")
      return failed(progress, condition.message || condition.reason || "the job failed");
  }
  if (conditionOf(job, "Complete")?.status === "True") return ready();
  if (job.spec?.["suspend"] === true) return waiting(progress, "the job is suspended");
  return waiting(progress);
}
