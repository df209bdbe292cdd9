/** What Istio says of one of its minors. */
export interface IstioSupport {
  /** Such as `1.31`. */
  readonly minor: string;
  /** The Kubernetes minors that it supports, oldest and newest. */
  readonly kubernetes: readonly [oldest: string, newest: string];
  /** ISO date of the last day with fixes. */
  readonly endOfLife: string;
  /** True while Istio names the month only: the day is the month's last. */
  readonly approximate: boolean;
}

/**
 * Newest first. From istio.io, "Supported releases" (data/compatibility/supportStatus.yml in istio/istio.io), and the
 * announcements of 1.30 and 1.31. A minor is supported until six weeks after the second one that follows it.
 */
export const ISTIO_SUPPORT: readonly IstioSupport[] = [
  { minor: "1.31", kubernetes: ["1.32", "1.37"], endOfLife: "2027-02-28", approximate: true },
  { minor: "1.30", kubernetes: ["1.32", "1.36"], endOfLife: "2026-11-30", approximate: true },
  { minor: "1.29", kubernetes: ["1.31", "1.35"], endOfLife: "2026-10-12", approximate: false },
  { minor: "1.28", kubernetes: ["1.30", "1.34"], endOfLife: "2026-07-01", approximate: false },
];

/** The table's row for a minor; `older` or `newer` for minors that are not in it. */
export function istioSupport(minor: string): IstioSupport | "older" | "newer" {
  const row = ISTIO_SUPPORT.find((each) => each.minor === minor);
  if (row) return row;
  const oldest = ISTIO_SUPPORT.at(-1)?.minor ?? "";
  return numberOf(minor) < numberOf(oldest) ? "older" : "newer";
}

/** Minors of one major in order: `1.9` comes before `1.31`. */
function numberOf(minor: string): number {
  const [major = 0, rest = 0] = minor.split(".").map(Number);
  return major * 1000 + rest;
}
