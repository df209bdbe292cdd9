import type { Finding } from "../model/finding.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** Can flotilla keep its records where it is told to? Rights are looked at elsewhere. */
export function checkState({ stack, stateNamespace }: Facts): readonly Finding[] {
  if (valueOf(stateNamespace)?.metadata.deletionTimestamp === undefined) return [];
  return [
    finding(
      "state-namespace-unusable",
      `The namespace ${stack.stateNamespace}, which is to hold flotilla's records, is being deleted.`,
      "Wait until it is gone (flotilla makes it anew), or name another one with `state.namespace`.",
    ),
  ];
}
