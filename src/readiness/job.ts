import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, numberIn, wordsOf } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/** Kubernetes' own `spec.backoffLimit` where a Job names none (batch/v1 JobSpec). */
const BACKOFF_LIMIT = 6;

/**
 * A Job is ready when it is complete, and failed when the Job controller says so (back-off limit, deadline). Source:
 * helm `jobReady` with `--wait-for-jobs`; kstatus takes a Job that has merely started as current. A suspended Job waits
 * for whoever suspended it.
 */
export function jobReadiness(job: KubeObject): Readiness {
  const done = numberIn(job.status, "succeeded") ?? 0;
  const wanted = numberIn(job.spec, "completions") ?? 1;
  const progress = wanted === 1 ? "job to complete" : `${done}/${wanted} completions`;
  for (const type of ["Failed", "FailureTarget"]) {
    const condition = conditionOf(job, type);
    if (condition?.status === "True") return failed(progress, wordsOf(condition) ?? "the job failed");
  }
  if (conditionOf(job, "Complete")?.status === "True") return ready();
  if (job.spec?.["suspend"] === true) return waiting(progress, "the job is suspended");
  const fallen = numberIn(job.status, "failed") ?? 0;
  if (fallen === 0) return waiting(progress);
  const limit = numberIn(job.spec, "backoffLimit") ?? BACKOFF_LIMIT;
  return waiting(progress, `${fallen} of its pods failed; it gives up after ${limit + 1}`);
}
