import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { currentCondition, wordsOf } from "./fields.ts";
import { ready, waiting } from "./verdict.ts";

/**
 * A Certificate, Issuer or ClusterIssuer of cert-manager is ready when its condition `Ready` says so for the newest spec.
 * Without the condition it has not been looked at yet. Source: cert-manager.io, "API reference" (`CertificateCondition`,
 * `IssuerCondition`); a failed issuance is tried again by itself, so none fails for good.
 */
export function certManagerReadiness(object: KubeObject): Readiness {
  const condition = currentCondition(object, "Ready");
  if (condition?.status === "True") return ready();
  return waiting(`${object.kind} ${object.metadata.name}`, wordsOf(condition));
}
