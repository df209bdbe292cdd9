import { isCount, type Progress } from "../model/readiness.ts";
import type { TargetReadiness } from "./evaluate.ts";

/** Sums up what was found, failures included in what is awaited; `ready === total` means that nothing is awaited. */
export function summarise(found: readonly TargetReadiness[]): Progress {
  const missing = found.filter(({ readiness }) => readiness.awaiting !== null);
  const counts = missing.filter(({ readiness }) => isCount(readiness.awaiting ?? ""));
  const lines = missing.map((each) => awaitingLine(each, counts.length === 1));
  return {
    ready: found.filter(({ readiness }) => readiness.state === "ready").length,
    total: found.length,
    // Pods first: all else follows from them as a rule.
    awaiting: [...new Set([...lines.filter(isCount), ...lines.filter((line) => !isCount(line))])],
    failed: found.flatMap(({ ref, readiness }) =>
      readiness.state === "failed" ? [{ object: ref, reason: readiness.reason ?? "it failed" }] : [],
    ),
  };
}

/** Texts that name their object stand by themselves; a count of pods needs it where there are several. */
function awaitingLine({ ref, readiness }: TargetReadiness, onlyCount: boolean): string {
  const awaiting = readiness.awaiting ?? "";
  if (awaiting.includes(ref.name) || (onlyCount && isCount(awaiting))) return awaiting;
  return `${ref.name}: ${awaiting}`;
}
