import type { BoundRelease, ClusterIdentity, PlanBinding, PlanDifference } from "../model/saved-plan.ts";

/** What has moved on between the making of a plan and now, the farthest-reaching first; empty when nothing has. */
export function compareBindings(saved: PlanBinding, now: PlanBinding): readonly PlanDifference[] {
  const elsewhere = clusterDifference(saved.cluster, now.cluster);
  // Of another cluster, all else is another as well.
  if (elsewhere) return [elsewhere];
  return [
    ...differing(
      "kubernetes",
      "Kubernetes",
      minorVersion(saved.kubernetesVersion),
      minorVersion(now.kubernetesVersion),
    ),
    ...differing("run", "the stack's newest run", saved.run ?? "none", now.run ?? "none"),
    ...saved.releases.flatMap((release) => releaseDifferences(release, now.releases)),
  ];
}

/** Something in two forms; none when they are the same. */
export function differing(
  code: PlanDifference["code"],
  subject: string,
  saved: string,
  now: string,
): readonly PlanDifference[] {
  return saved === now ? [] : [{ code, subject, saved, now }];
}

function clusterDifference(saved: ClusterIdentity, now: ClusterIdentity): PlanDifference | undefined {
  const known = saved.uid !== null && now.uid !== null;
  const named = ({ uid, server }: ClusterIdentity): string => (known ? `${uid} (${server})` : server);
  const isSame = known ? saved.uid === now.uid : saved.server === now.server;
  return isSame ? undefined : { code: "cluster", subject: "the cluster", saved: named(saved), now: named(now) };
}

function releaseDifferences(saved: BoundRelease, all: readonly BoundRelease[]): readonly PlanDifference[] {
  const { release, namespace } = saved;
  const subject = `release ${release} in ${namespace}`;
  const now = all.find((each) => each.release === release && each.namespace === namespace);
  const chart = differing("chart", subject, chartText(saved), chartText(now));
  return [
    ...differing("revision", subject, revisionText(saved), revisionText(now)),
    ...chart,
    // The chart is one of the inputs.
    ...(chart.length > 0 ? [] : differing("inputs", subject, inputsText(saved), inputsText(now))),
  ];
}

function revisionText(release: BoundRelease | undefined): string {
  return typeof release?.revision === "number" ? `revision ${release.revision}` : "not installed";
}

function chartText(release: BoundRelease | undefined): string {
  const chart = release?.chart ?? null;
  return chart === null ? "none" : `${chart.name} ${chart.version} ${chart.digest ?? ""}`.trim();
}

/** Enough of a hash to tell two apart. */
function inputsText(release: BoundRelease | undefined): string {
  return release?.inputs ? `inputs ${release.inputs.slice(0, 12)}` : "unknown inputs";
}

/** `v1.36` of `v1.36.3`: what charts ask for. Providers hang words on the rest. */
function minorVersion(version: string): string {
  return /^v?\d+\.\d+/.exec(version)?.[0] ?? version;
}
