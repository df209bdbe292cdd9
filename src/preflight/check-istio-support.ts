import { type IstioSupport, ISTIO_SUPPORT, istioSupport } from "../catalog/istio-support.ts";
import type { Finding } from "../model/finding.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { istioVersions } from "./istio-versions.ts";
import { minorOf, minorsBetween } from "./minor-version.ts";

/** An end of life that is nearer than this is worth a word, in days. */
const SOON_DAYS = 60;
const DAY_MS = 86_400_000;

/** Does Istio support this Kubernetes, and does anybody still support this Istio? */
export function checkIstioSupport(facts: Facts): readonly Finding[] {
  const { wanted, installed } = istioVersions(facts);
  const wantedMinor = wanted === null ? null : minorOf(wanted);
  const installedMinor = installed === null ? null : minorOf(installed);
  return [
    ...(wantedMinor === null
      ? []
      : [...kubernetesSupport(facts, wantedMinor), ...lifeOf(wantedMinor, "wanted", facts.today)]),
    ...(installedMinor === null || installedMinor === wantedMinor
      ? []
      : lifeOf(installedMinor, "installed", facts.today)),
  ];
}

function kubernetesSupport({ cluster }: Facts, minor: string): readonly Finding[] {
  const support = istioSupport(minor);
  const kubernetes = minorOf(valueOf(cluster)?.kubernetesVersion ?? "");
  if (typeof support === "string" || kubernetes === null) return [];
  const [oldest, newest] = support.kubernetes;
  const isOld = (minorsBetween(kubernetes, oldest) ?? 0) > 0;
  const isNew = (minorsBetween(newest, kubernetes) ?? 0) > 0;
  if (!isOld && !isNew) return [];
  const fitting = ISTIO_SUPPORT.find(({ kubernetes: [from, to] }) => isBetween(kubernetes, from, to));
  return [
    finding(
      "kubernetes-unsupported",
      `Istio ${minor} supports Kubernetes ${oldest} to ${newest}; the cluster runs ${kubernetes}.`,
      fitting
        ? `Istio ${fitting.minor} supports Kubernetes ${kubernetes}.`
        : isOld
          ? "Upgrade the cluster."
          : "It may work all the same; look for a newer Istio.",
    ),
  ];
}

function isBetween(version: string, from: string, to: string): boolean {
  return (minorsBetween(from, version) ?? -1) >= 0 && (minorsBetween(version, to) ?? -1) >= 0;
}

function lifeOf(minor: string, which: "wanted" | "installed", today: Date): readonly Finding[] {
  const support = istioSupport(minor);
  const newest = ISTIO_SUPPORT[0]?.minor ?? "";
  const hint = `Move on, minor by minor, to ${newest}.`;
  if (support === "newer") {
    const message = `Istio ${minor} is newer than this flotilla's support table, which ends with ${newest}.`;
    return [
      finding("istio-unknown", message, "Look into its release notes for the Kubernetes versions that it supports."),
    ];
  }
  if (support === "older") {
    return [finding("istio-end-of-life", `Istio ${minor} (${which}) has long been without fixes.`, hint)];
  }
  const days = (Date.parse(support.endOfLife) + DAY_MS - today.getTime()) / DAY_MS;
  if (days < 0) {
    return [finding("istio-end-of-life", `Istio ${minor} (${which}) gets no fixes since ${dayOf(support)}.`, hint)];
  }
  if (days > SOON_DAYS || which === "installed") return [];
  return [finding("istio-end-of-life-soon", `Istio ${minor} gets fixes until ${dayOf(support)}.`, hint)];
}

function dayOf({ endOfLife, approximate }: IstioSupport): string {
  return approximate ? `about ${endOfLife.slice(0, 7)}` : endOfLife;
}
