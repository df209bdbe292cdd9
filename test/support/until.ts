import { setTimeout as pause } from "node:timers/promises";

/**
 * Looks again and again until a condition holds; false when it still does not after `ms` milliseconds. The last look is
 * after the deadline, so that a slow machine alone does not fail a test.
 */
export async function until(condition: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) {
    if (await condition()) return true;
    await pause(10);
  }
  return condition();
}
