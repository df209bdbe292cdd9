import type { Finding } from "../model/finding.ts";
import { checkAccess, checkIdentity } from "./check-access.ts";
import { checkAksSubnet } from "./check-aks-subnet.ts";
import { checkCharts } from "./check-charts.ts";
import { checkCriticalQuota } from "./check-critical-quota.ts";
import { checkEks } from "./check-eks.ts";
import { checkGaps } from "./check-gaps.ts";
import { checkHeldPorts } from "./check-held-ports.ts";
import { checkHelm, checkHelmTraps } from "./check-helm.ts";
import { checkInjectionLabels } from "./check-injection-labels.ts";
import { checkIstioCrds } from "./check-istio-crds.ts";
import { checkIstioNeighbours } from "./check-istio-neighbours.ts";
import { checkIstioSkew } from "./check-istio-skew.ts";
import { checkIstioSupport } from "./check-istio-support.ts";
import { checkLoadBalancerProvider } from "./check-load-balancer-provider.ts";
import { checkLoadBalancerType } from "./check-load-balancer-type.ts";
import { checkOpenshift } from "./check-openshift.ts";
import { checkOwners } from "./check-owners.ts";
import { checkPlatform } from "./check-platform.ts";
import { checkProxies } from "./check-proxies.ts";
import { checkRequirements } from "./check-requirements.ts";
import { checkResources } from "./check-resources.ts";
import { checkRetiredSources } from "./check-retired-sources.ts";
import { checkState } from "./check-state.ts";
import { checkStorage } from "./check-storage.ts";
import { checkTarget } from "./check-target.ts";
import type { Facts } from "./facts.ts";
import { FINDING_CODES, isFindingCode } from "./finding-codes.ts";

/** From what stops everything to what is nice to know; the order within a severity. */
const CHECKS: readonly ((facts: Facts) => readonly Finding[])[] = [
  checkTarget,
  checkPlatform,
  checkHelm,
  checkRequirements,
  checkCharts,
  checkIdentity,
  checkAccess,
  checkState,
  checkOwners,
  checkHelmTraps,
  checkIstioNeighbours,
  checkIstioCrds,
  checkIstioSkew,
  checkIstioSupport,
  checkInjectionLabels,
  checkRetiredSources,
  checkStorage,
  checkEks,
  checkLoadBalancerType,
  checkLoadBalancerProvider,
  checkHeldPorts,
  checkAksSubnet,
  checkCriticalQuota,
  checkOpenshift,
  checkProxies,
  checkResources,
  checkGaps,
];

const SEVERITIES: readonly Finding["severity"][] = ["error", "warning", "info"];

/** Everything that the facts show, errors first. */
export function runChecks(facts: Facts): readonly Finding[] {
  const found = CHECKS.flatMap((check) => check(facts));
  return SEVERITIES.flatMap((severity) => found.filter((each) => each.severity === severity));
}

/** Like {@link runChecks}, without what only `doctor` says. */
export function runPreflightChecks(facts: Facts): readonly Finding[] {
  return runChecks(facts).filter(({ code }) => isFindingCode(code) && FINDING_CODES[code].up);
}
