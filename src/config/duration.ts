/** A duration as Go and Helm write it: `90s`, `10m`, `1h30m`. */
export const DURATION = /^(\d+(\.\d+)?(ms|s|m|h))+$/;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration that fits {@link DURATION}; 0 for other text. */
export function durationMs(text: string): number {
  if (!DURATION.test(text)) return 0;
  let total = 0;
  for (const [, amount, unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return Math.round(total);
}
