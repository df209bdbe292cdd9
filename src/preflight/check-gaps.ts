import type { Finding } from "../model/finding.ts";
import { type Facts, problemOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** What each fact is, for people. Facts whose absence has a finding of its own are not here. */
const SUBJECTS = {
  identity: "who the cluster takes you for",
  denials: "what you may do",
  nodes: "the nodes: their platform and what they have free",
  pods: "what running pods take of the nodes",
  storageClasses: "the StorageClasses",
  csiDrivers: "the CSI drivers",
  loadBalancers: "load balancers of others",
  controllers: "what makes load balancers",
  addressPools: "the addresses of MetalLB",
  quotas: "quotas for critical pods",
  namespaces: "the labels of the namespaces",
  stateNamespace: "the namespace of flotilla's records",
  installed: "the releases that are installed",
  istiods: "other Istio installations",
  istioOperators: "IstioOperator objects",
  istioObjects: "what istioctl has made",
  istioCrds: "Istio's CRDs",
  gitops: "whether Flux or Argo CD have objects of the stack",
} as const satisfies Partial<Record<keyof Facts, string>>;

/** What could not be looked at: nothing is said about it, and that is said. */
export function checkGaps(facts: Facts): readonly Finding[] {
  const gaps = Object.entries(SUBJECTS).flatMap(([name, subject]) => {
    // What Object.entries gives are the keys that stand above.
    const problem = problemOf(facts[name as keyof typeof SUBJECTS]);
    return problem === null ? [] : [{ subject, problem }];
  });
  return gaps.map(({ subject, problem }) =>
    finding("unchecked", `Not looked at: ${subject}. ${problem.message}`, problem.hint ?? "Look at it by hand."),
  );
}
