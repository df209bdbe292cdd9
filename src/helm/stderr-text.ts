/** What helm and its client library write to standard error beside the error itself. */
const NOISE: readonly RegExp[] = [
  /^level=(?:DEBUG|INFO|WARN)\b/,
  /^[IWE]\d{4} \d\d:\d\d:\d\d/, // klog: API warnings, discovery that was throttled
  /^WARNING:/,
  /^Flag --\S+ has been deprecated/,
  /^Release "[^"]*" does not exist\. Installing it now\.$/,
  // "warning: cannot overwrite table with non table for …": quotes values.
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?(?:\w+\.go:\d+: )?(?:warning|skipped value)\b/,
];

/** How much of one line is kept. */
const LINE_LIMIT = 1000;

/** How many lines are kept. */
const LINES_LIMIT = 20;

/** The lines of helm's standard error that tell the failure, warnings stripped, in order. */
export function errorLines(stderr: string): string[] {
  const lines = stderr.split("\n").map((line) => line.trimEnd());
  const start = lines.findIndex((line) => line.startsWith("Error: "));
  return lines
    .slice(Math.max(start, 0))
    .filter((line) => line.trim() !== "" && !NOISE.some((pattern) => pattern.test(line)))
    .slice(0, LINES_LIMIT)
    .map((line) => (line.length > LINE_LIMIT ? `${line.slice(0, LINE_LIMIT)}…` : line));
}

/** The failure in helm's own words, without the words that helm puts before every error. */
export function errorText(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/^Error: /, "")
    .replace(/^(?:UPGRADE|INSTALLATION|ROLLBACK) FAILED: /, "")
    .replace(/\b\d+ errors? occurred:\n\s*\* /g, "");
}
