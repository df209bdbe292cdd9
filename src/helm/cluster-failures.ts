import { type FailurePattern, group } from "./failure.ts";

/** What stands between helm and the cluster. */
export const CLUSTER_FAILURES: readonly FailurePattern[] = [
  {
    code: "unknown",
    errorCode: "context-unknown",
    pattern: /cluster unreachable: (?:context "([^"]+)" does not exist|stat (\S+): no such file)/i,
    explain: (match) => ({
      message: group(match, 1)
        ? `The kubeconfig has no context ${group(match, 1)}.`
        : `There is no kubeconfig file ${group(match, 2)}.`,
      hint: "See what there is with: kubectl config get-contexts",
    }),
  },
  {
    code: "unknown",
    errorCode: "cluster-unauthorized",
    pattern: /(?:cluster unreachable: .*asked for the client to provide credentials|\bUnauthorized\b)/i,
    explain: () => ({
      message: "The cluster does not accept the credentials.",
      hint: "Log in to the cluster again, or choose another context.",
    }),
  },
  {
    code: "unknown",
    errorCode: "cluster-unreachable",
    pattern: /cluster unreachable: ([^\n]*)/i,
    explain: (match) => ({
      message: `The cluster does not answer helm: ${group(match, 1)}.`,
      hint: "Check that the cluster runs and that this machine can reach it (network, VPN, proxy).",
    }),
  },
];

/** Connections that break while helm works; looked for after webhooks, whose errors read alike. */
export const CONNECTION_FAILURES: readonly FailurePattern[] = [
  {
    code: "unknown",
    errorCode: "cluster-unreachable",
    pattern:
      /(?:Get|Post|Put|Patch|Delete) "https?:\/\/[^"]+": ([^\n]*(?:dial tcp|EOF|connection re|timeout|no such host|connection lost)[^\n]*)/,
    explain: (match) => ({
      message: `The connection to the cluster broke while helm was at work: ${group(match, 1)}.`,
      hint: "Check that the cluster runs and can be reached, then run the command again: it goes on where this stopped.",
    }),
  },
];
