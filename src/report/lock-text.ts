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

/** What is pinned, for people. Ends with a line break. @param options - `images`: how many are listed; null for unknown */
export function lockText(
  charts: readonly LockedChart[],
  options: { readonly color: boolean; readonly written: boolean; readonly images: number | null },
): string {
  const palette = createPalette(options.color);
  const rows = charts.map((chart) =>
    [chart.release, chart.name, chart.version, chart.digest.slice(0, 19)].map(plainLine),
  );
  const headers = ["RELEASE", "CHART", "VERSION", "DIGEST"];
  const images = options.images === null ? "" : ` It lists ${options.images} images.`;
  const outcome = `${options.written ? "flotilla.lock is written." : "flotilla.lock is up to date."}${images}`;
  return `${[...tableLines(rows, { headers, headerPaint: palette.dim }), "", palette.bold(outcome)].join("\n")}\n`;
}
