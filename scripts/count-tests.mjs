// Counts what a run of tests came to, without kindness: all that did not pass is failed.

/**
 * @param vitest what `startVitest` gave, after the run
 * @returns passed: how many tests ran and passed. failures: a line for each that did not, skipped and never started ones
 *   included; for files that broke without any test of theirs to blame; for errors that belong to no test; one when there
 *   is nothing at all
 */
export function countTests(vitest) {
  let passed = 0;
  const failures = vitest.state.getUnhandledErrors().map((error) => `an unhandled error: ${firstLine(error)}`);
  for (const module of vitest.state.getTestModules()) {
    const tests = [...module.children.allTests()];
    const bad = tests.filter((test) => test.result().state !== "passed");
    passed += tests.length - bad.length;
    failures.push(
      ...bad.map((test) => `${module.relativeModuleId} > ${test.fullName}: ${reason(test.result(), module)}`),
    );
    // A file that fails though all its tests passed: an error in a hook, or no test in it.
    if (bad.length === 0 && module.state() !== "passed") {
      failures.push(`${module.relativeModuleId}: ${firstLine(module.errors()[0] ?? "nothing in it passed")}`);
    }
  }
  return passed + failures.length === 0 ? { passed: 0, failures: ["no test was found"] } : { passed, failures };
}

function reason({ state, errors }, module) {
  const error = errors?.[0] ?? (state === "failed" ? undefined : module.errors()[0]);
  return error === undefined ? state : firstLine(error);
}

function firstLine(error) {
  return String(error?.message ?? error).split("\n")[0];
}
