import { type FailurePattern, group } from "./failure.ts";

/** What went wrong after the cluster took the objects, and what is not there. Looked for last. */
export const OUTCOME_FAILURES: readonly FailurePattern[] = [
  {
    code: "hook-failed",
    pattern: /(?:failed |\b)((?:pre|post)-(?:install|upgrade|rollback|delete))(?: hooks failed)?: ([\s\S]*)/,
    explain: (match, work) => ({
      message: `A ${group(match, 1)} hook of release ${work.name} ${hookEnd(group(match, 2))}`,
      hint: `Look at what it did: kubectl get events,jobs,pods --namespace ${work.namespace}`,
    }),
  },
  {
    // Rollbacks and uninstalls do not name the hook. flotilla never lets Helm wait for a chart's own Jobs, so it is one.
    code: "hook-failed",
    pattern: /job (\S+) failed: (\w+)|resource Job\/[^\s/]+\/(\S+) not ready\. status: Failed, message: ([^\n]*)/,
    explain: (match, { name, namespace }) => ({
      message: `A hook of release ${name} failed: Job ${group(match, 1) || group(match, 3)} (${group(match, 2) || group(match, 4)}).`,
      hint: `Look at its log: kubectl logs job/${group(match, 1) || group(match, 3)} --namespace ${namespace}`,
    }),
  },
  {
    code: "unknown",
    pattern: /context deadline exceeded|timed out waiting for the condition/,
    explain: ({ input }, { name }) => ({
      message: `Release ${name} was not ready in time${unready(input)}.`,
      hint: "Raise wait.timeout of the release if it only needs longer.",
    }),
  },
  {
    code: "unknown",
    pattern: /context canceled/,
    explain: (_match, { name }) => ({
      message: `Helm was stopped while it was at work on release ${name}.`,
      hint: "Run the command again: it goes on where this stopped.",
    }),
  },
  {
    code: "unknown",
    pattern: /release: not found|release has no (\d+) version/,
    explain: (match, { name, namespace }) => ({
      message: group(match, 1)
        ? `Release ${name} in namespace ${namespace} has no revision ${group(match, 1)}.`
        : `There is no Helm release ${name} in namespace ${namespace}.`,
      hint: `See what there is: helm list --namespace ${namespace}; helm history ${name} --namespace ${namespace}`,
    }),
  },
];

/** How a hook ended, in words that continue a sentence. */
function hookEnd(why: string): string {
  if (/deadline exceeded|timed out waiting/.test(why) && !/status: Failed/.test(why)) {
    return `did not finish in time${unready(why)}.`;
  }
  const [, job, reason] = /job (\S+) failed: (\w+)/.exec(why) ?? [];
  if (job !== undefined) return `failed: Job ${job} (${reason}).`;
  const [, kind, name, message] =
    /resource (\w+)\/[^\s/]+\/(\S+) not ready\. status: \w+, message: ([^\n]*)/.exec(why) ?? [];
  if (kind !== undefined) return `failed: ${kind} ${name} (${message}).`;
  return `failed: ${why.split("\n")[0]}.`;
}

/** What Helm 4 says was still unready. */
function unready(text: string): string {
  const found = [...text.matchAll(/resource (\w+)\/[^\s/]*\/(\S+) not ready\. status: \w+, message: ([^\n]*)/g)];
  return found.length === 0 ? "" : `: ${found.map(([, kind, name, what]) => `${kind} ${name} (${what})`).join(", ")}`;
}
