import { eachEntry, readEntry, type UnpackBudget } from "./archive-stream.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";

/** What was seen in a chart's templates, those of the charts in it included. */
export interface HookMarks {
  /** The annotation that makes a template a hook. */
  annotation: boolean;
  /** The name of a phase after readiness. */
  phase: boolean;
}

/** Templates of the chart or of unpacked charts in it, but not the notes: they only talk of hooks. */
const TEMPLATE = /^(?:charts\/[^/]+\/)*templates\/(?!NOTES\.txt$)/;
/** A packed chart in the chart. */
const PACKED_CHART = /^(?:charts\/[^/]+\/)*charts\/[^/]+\.tgz$/;

/** Marks for a chart of which nothing was seen yet. */
export function noHooks(): HookMarks {
  return { annotation: false, phase: false };
}

/** True for files that can bring hooks. @param path - relative to the chart */
export function mayHoldHooks(path: string): boolean {
  return TEMPLATE.test(path) || PACKED_CHART.test(path);
}

/**
 * Looks for hooks in a file of a chart, or in the templates of the packed chart that it is.
 * @param path - relative to the chart
 * @param budget - what may still be unpacked
 * @throws FlotillaError `chart-invalid` for a packed chart that cannot be unpacked
 */
export async function markHooks(marks: HookMarks, path: string, bytes: Buffer, budget: UnpackBudget): Promise<void> {
  if (TEMPLATE.test(path)) {
    marks.annotation ||= bytes.includes("helm.sh/hook");
    marks.phase ||= bytes.includes("post-install") || bytes.includes("post-upgrade");
    return;
  }
  await eachEntry(bytes, path, budget, async (entry) => {
    const inner = entry.header.name.replace(/^\.\//, "").replace(/^[^/]+\//, "");
    if (entry.header.type === "file" && mayHoldHooks(inner)) {
      await markHooks(marks, inner, await readEntry(entry, path, ARCHIVE_LIMITS.fileBytes), budget);
    }
    return "go-on";
  });
}

/**
 * Whether the templates name hooks that run after readiness. They are not rendered for that, so a chart that only could
 * have such hooks counts as well: all it costs is that helm waits itself.
 */
export function namesPostHooks(marks: HookMarks): boolean {
  return marks.annotation && marks.phase;
}
