// Counts what a run of tests came to, without kindness: all that did not pass is failed.

/**
 * @param vitest what `startVitest` gave, after the run
 * @returns passed: tests that ran and passed. failed: tests that did not, skipped and never started ones included; files
 *   that broke without any test of theirs to blame; errors that belong to no test; one when there is nothing at all
 */
export function countTests(vitest) {
  let passed = 0;
  let failed = vitest.state.getUnhandledErrors().length;
  for (const module of vitest.state.getTestModules()) {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    const good = states.filter((state) => state === "passed").length;
    passed += good;
    // A file that fails though all its tests passed: an error in a hook, or no test in it.
    failed += states.length === good && module.state() !== "passed" ? 1 : states.length - good;
  }
  return passed + failed === 0 ? { passed: 0, failed: 1 } : { passed, failed };
}
