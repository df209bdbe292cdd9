import type { Diagnosis, GiveUpOverrides } from "../model/diagnosis.ts";
import { logKey } from "./container-log.ts";
import type { Finding, Subject } from "./finding.ts";
import { GIVE_UP, graceOf } from "./give-up.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** A finding in the form in which users and scripts get it, its log's last lines included. */
export function toDiagnosis(finding: Finding, severity: Diagnosis["severity"], snapshot: ClusterSnapshot): Diagnosis {
  const { rule, object, message, hint, since, evidence, log } = finding;
  const lines = log === null ? [] : (snapshot.logs.get(logKey(log)) ?? []);
  const told = lines.map((line) => `log of ${log?.pod ?? ""}/${log?.container ?? ""}: ${line}`);
  return { code: GIVE_UP[rule].code, severity, object, message, hint, since, evidence: [...evidence, ...told] };
}

/** An error once the grace is over (at once where nothing heals), a warning before. @param heldMs milliseconds since its first sign */
export function severityOf(
  { rule }: Finding,
  heldMs: number,
  overrides: GiveUpOverrides,
): Extract<Diagnosis["severity"], "error" | "warning"> {
  const grace = graceOf(rule, overrides);
  return grace !== null && heldMs >= grace ? "error" : "warning";
}

/** What bounds the graces where nobody has watched from the first sign on. */
export interface Patience {
  /** Of the release, by code. */
  readonly overrides: GiveUpOverrides;
  /** Milliseconds after which a wait for the release would have ended. */
  readonly timeoutMs: number;
}

/** Judges a finding of a single look by how long the cluster has shown it: what is older than any wait is an error. */
export function judgeByAge(finding: Finding, snapshot: ClusterSnapshot, patience: Patience): Diagnosis {
  const heldMs = finding.since === null ? 0 : Math.max(0, snapshot.takenAtMs - Date.parse(finding.since));
  const severity = heldMs >= patience.timeoutMs ? "error" : severityOf(finding, heldMs, patience.overrides);
  return toDiagnosis(finding, severity, snapshot);
}

/** What is left to say of objects that are not ready while nothing was found: one finding for all of them. */
export function unexplained(subject: Subject, snapshot: ClusterSnapshot): readonly Finding[] {
  const [first, ...others] = subject.unready;
  if (first === undefined) return [];
  const failed = subject.unready.filter(({ failed: final }) => final);
  const unread = [...snapshot.unread].map(([part, reason]) => `not looked at: ${part.trim()}: ${reason}`);
  if (failed.length > 0) return failed.map((each) => failedItself(each, unread));
  const lines = subject.unready.map(({ awaiting, reason }) => (reason === null ? awaiting : `${awaiting} (${reason})`));
  return [
    {
      rule: "unknown",
      cause: "unexplained",
      object: others.length === 0 ? first.ref : null,
      owner: null,
      message: `Still awaited: ${lines[0]}${others.length > 0 ? ` (+${others.length} more)` : ""}. Nothing in the cluster says why.`,
      hint: `Look at the namespace: kubectl get all,events --namespace ${subject.namespace}. If it only needs longer, raise wait.timeout of the release.`,
      since: null,
      evidence: [...lines, ...unread],
      log: null,
    },
  ];
}

function failedItself({ ref, reason, awaiting }: Subject["unready"][number], unread: readonly string[]): Finding {
  const place = ref.namespace === null ? "" : ` --namespace ${ref.namespace}`;
  return {
    rule: "failed",
    cause: `${ref.kind} ${ref.name}`,
    object: ref,
    owner: null,
    message: `${ref.kind} ${ref.name} has failed: ${(reason ?? awaiting).replace(/\.$/, "")}.`,
    hint: `Look at it with: kubectl describe ${ref.kind.toLowerCase()} ${ref.name}${place}`,
    since: null,
    evidence: unread,
    log: null,
  };
}
