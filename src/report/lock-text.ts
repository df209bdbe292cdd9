import { createPalette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

/** A chart that is pinned. */
export interface LockedChart {
  readonly release: string;
  readonly name: string;
  readonly version: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** What became of the lock file. */
export interface LockOutcome {
  readonly color: boolean;
  /** Name of the lock file; null when there is none, as nothing is to be pinned. */
  readonly file: string | null;
  readonly written: boolean;
  /** How many images it lists; null for unknown. */
  readonly images: number | null;
}

/** What is pinned, for people. Ends with a line break. */
export function lockText(charts: readonly LockedChart[], { color, file, written, images }: LockOutcome): string {
  const palette = createPalette(color);
  const rows = charts.map((chart) =>
    [chart.release, chart.name, chart.version, chart.digest.slice(0, 19)].map(plainLine),
  );
  const headers = ["RELEASE", "CHART", "VERSION", "DIGEST"];
  const listed = images === null ? "" : ` It lists ${images} images.`;
  const outcome =
    file === null
      ? "Nothing to pin: no lock file is needed."
      : `${plainLine(file)} is ${written ? "written" : "up to date"}.${listed}`;
  return `${[...tableLines(rows, { headers, headerPaint: palette.dim }), "", palette.bold(outcome)].join("\n")}\n`;
}
