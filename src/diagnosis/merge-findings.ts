import type { Finding } from "./finding.ts";
import { GIVE_UP, type GiveUpRuleName } from "./give-up.ts";

/** What holds up others comes first: a pod cannot crash before it is admitted, has a node, its volumes and its image. */
const ORDER: readonly string[] = [
  "release-locked",
  "namespace-terminating",
  "crd-not-established",
  "webhook-unreachable",
  "webhook-denied",
  "forbidden",
  "quota",
  "pod-security",
  "injection-missed",
  "volume-unbound",
  "unschedulable",
  "config-missing",
  "image-pull",
  "oom-killed",
  "crash-loop",
  "hook-failed",
  "job-failed",
  "probe-failing",
  "no-endpoints",
  "load-balancer-pending",
  "progress-deadline",
  "unknown",
];

/** One finding for each cause, however many objects show it; causes before what follows from them. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, readonly [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const group = groups.get(findingKey(finding));
    groups.set(findingKey(finding), group ? [...group, finding] : [finding]);
  }
  return [...groups.values()].map(mergeGroup).toSorted((one, other) => rank(one.rule) - rank(other.rule));
}

/** Names a cause, whichever pods show it: pods come and go while it stays. */
export function findingKey({ rule, cause, owner, object }: Finding): string {
  const about = owner ?? object;
  return `${GIVE_UP[rule].code} ${cause} ${about?.kind ?? ""} ${about?.namespace ?? ""}/${about?.name ?? ""}`;
}

function mergeGroup(group: readonly [Finding, ...Finding[]]): Finding {
  const first = group.reduce((least, finding) => (nameOf(finding) < nameOf(least) ? finding : least));
  const names = [...new Set(group.map(nameOf))].toSorted();
  if (names.length === 1) return first;
  const times = group.flatMap(({ since }) => since ?? []).toSorted();
  return {
    ...first,
    object: first.owner ?? first.object,
    message: `${first.message} So it is with ${names.length} pods.`,
    since: times[0] ?? null,
    evidence: [`pods: ${names.join(", ")}`, ...first.evidence],
  };
}

function nameOf({ object }: Finding): string {
  return object?.name ?? "";
}

function rank(rule: GiveUpRuleName): number {
  return ORDER.indexOf(GIVE_UP[rule].code);
}
