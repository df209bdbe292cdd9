import type { Progress } from "../model/readiness.ts";
import type { TargetReadiness } from "./evaluate.ts";

/** Sums up what was found, failures included in what is awaited; `ready === total` means that nothing is awaited. */
export function summarise(found: readonly TargetReadiness[]): Progress {
  return {
    ready: found.filter(({ readiness }) => readiness.state === "ready").length,
    total: found.length,
    awaiting: [...new Set(found.flatMap(awaitingLine))],
    failed: found.flatMap(({ ref, readiness }) =>
      readiness.state === "failed" ? [{ object: ref, reason: readiness.reason ?? "it failed" }] : [],
    ),
  };
}

/** Texts that name their object stand by themselves; counts of pods need it. */
function awaitingLine({ ref, readiness: { awaiting } }: TargetReadiness): readonly string[] {
  if (awaiting === null) return [];
  return [awaiting.includes(ref.name) ? awaiting : `${ref.name}: ${awaiting}`];
}
