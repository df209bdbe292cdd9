import type { Finding } from "./finding.ts";

/** A release that Helm's own record says is in the middle of an operation. */
export function releaseLocked(release: string, namespace: string, status: string, since: string | null): Finding {
  return {
    rule: "release-locked",
    cause: release,
    object: null,
    owner: null,
    message: `Release ${release} is ${status}: somebody is at work on it, or a helm was killed there.`,
    hint: `See who with: helm history ${release} --namespace ${namespace}. What a run of flotilla's left is put right by the next flotilla up; else helm rollback, or helm uninstall if it was the first install.`,
    since,
    evidence: [`Helm's record: ${status}`],
    log: null,
  };
}
