/**
 * Milliseconds to wait before another try: doubling from `firstMs` up to `limitMs`, half of it by chance, so that many
 * clients of a server that comes back do not come all at once.
 * @param attempt 0 for the first wait
 */
export function backOff(attempt: number, firstMs: number, limitMs: number): number {
  const full = Math.min(limitMs, firstMs * 2 ** Math.min(attempt, 20));
  return full / 2 + (Math.random() * full) / 2;
}
