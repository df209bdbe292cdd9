import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, wordsOf } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * An APIService is ready when the API server reaches what serves it (`Available`). Source: kube-aggregator
 * `apiregistration.k8s.io/v1` conditions; `kubectl wait --for=condition=Available` does the same.
 */
export function apiServiceReadiness(service: KubeObject): Readiness {
  const available = conditionOf(service, "Available");
  return available?.status === "True"
    ? ready()
    : waiting(`API ${service.metadata.name} to be available`, wordsOf(available));
}
