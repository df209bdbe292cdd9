import { FlotillaError } from "../model/errors.ts";

/** Codes of Node's network and TLS faults, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name cannot be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no connection in time",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed and not the one the kubeconfig trusts",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not from the authority that the kubeconfig trusts",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not from the authority that the kubeconfig trusts",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not from the authority that the kubeconfig trusts",
  CERT_SIGNATURE_FAILURE: "its certificate is not from the authority that the kubeconfig trusts",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** A request whose answer did not come, or not to its end, in time. */
export class RequestTimeout extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RequestTimeout";
  }
}

/** The typed error for a request that got no answer: which server, which context, why. */
export function unreachable(server: string, context: string, fault: unknown): FlotillaError {
  if (fault instanceof FlotillaError) return fault;
  return new FlotillaError(
    "cluster-unreachable",
    `The cluster at ${server} (context ${context}) cannot be reached: ${reasonOf(fault)}.`,
    {
      hint: "Check that the cluster runs and that this machine reaches it (VPN, proxy, NO_PROXY); `kubectl cluster-info` must work.",
      cause: fault,
    },
  );
}

/** True for faults that say nothing about the request itself: a connection that somebody between us cut. */
export function isConnectionCut(fault: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(codeOf(fault));
}

function reasonOf(fault: unknown): string {
  if (fault instanceof AggregateError && fault.errors.length > 0) return reasonOf(fault.errors[0]);
  if (!(fault instanceof Error)) return String(fault);
  return REASONS[codeOf(fault)] ?? fault.message;
}

function codeOf(fault: unknown): string {
  return fault instanceof Error && "code" in fault && typeof fault.code === "string" ? fault.code : "";
}
