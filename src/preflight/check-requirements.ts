import coerce from "semver/functions/coerce.js";
import satisfies from "semver/functions/satisfies.js";
import type { Finding } from "../model/finding.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding, type FindingCode } from "./finding-codes.ts";

/** Are helm, cluster and flotilla what the stack file requires? */
export function checkRequirements({ stack: { requires }, helm, cluster, flotilla }: Facts): readonly Finding[] {
  return [
    ...held("requires-helm", "Helm", valueOf(helm)?.version, requires.helm),
    ...held("requires-kubernetes", "Kubernetes", valueOf(cluster)?.kubernetesVersion, requires.kubernetes),
    ...held("requires-flotilla", "flotilla", flotilla, requires.flotilla),
  ];
}

function held(code: FindingCode, what: string, version: string | undefined, range: string | null): Finding[] {
  if (version === undefined || range === null || fits(version, range)) return [];
  return [
    finding(
      code,
      `The stack file requires ${what} ${range}; this one is ${version.replace(/^v/, "")}.`,
      `Use a ${what} that fits, or change \`requires\` in the stack file.`,
    ),
  ];
}

/** Clusters put their maker into the version (`v1.34.1-eks-1a2b`), which semver takes for something before 1.34.1. */
function fits(version: string, range: string): boolean {
  const plain = coerce(version);
  return plain !== null && satisfies(plain, range);
}
