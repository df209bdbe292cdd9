import type { Finding } from "../model/finding.ts";
import { type Facts, problemOf, valueOf } from "./facts.ts";
import { finding, isFindingCode } from "./finding-codes.ts";

/** Is the cluster named, and does it answer? */
export function checkTarget({ cluster }: Facts): readonly Finding[] {
  const problem = problemOf(cluster);
  if (problem !== null) {
    const code = isFindingCode(problem.code) ? problem.code : "cluster-unreachable";
    return [finding(code, problem.message, problem.hint ?? "Look at the kubeconfig, and whether the cluster is up.")];
  }
  const reached = valueOf(cluster);
  if (reached === null || reached.named) return [];
  return [
    finding(
      "target-unnamed",
      `Nobody has named the context: ${reached.context} is merely the kubeconfig's current one. Without a terminal, changes are refused.`,
      "Give --context NAME, or `context:` in the stack file's environment.",
    ),
  ];
}
