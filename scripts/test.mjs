// `npm test`: set-up as in `npm start`, then the suites that need no root; `--suite node|soak` runs those instead.
// Ends with a line for each failure and an honest count: skipped tests, broken files and unhandled errors are failures, no
// test at all as well.
import { bootstrap } from "./bootstrap.mjs";
import { countTests } from "./count-tests.mjs";

const at = process.argv.indexOf("--suite");
const suite = at < 0 ? null : process.argv[at + 1];
const projects = suite === null ? ["unit", "charts", "cluster"] : [suite];
const filters = process.argv
  .slice(2)
  .filter((argument, index, all) => argument !== "--suite" && all[index - 1] !== "--suite");

await bootstrap();
if (suite === "node") {
  const { openTestCluster } = await import("./test-cluster.mjs");
  const problem = await openTestCluster();
  if (problem !== null) endWithout(problem);
}
const { startVitest } = await import("vitest/node");
const vitest = await startVitest("test", filters, {
  run: true,
  watch: false,
  project: projects,
  reporters: [process.stdout.isTTY ? "default" : "verbose"],
  passWithNoTests: false,
});

const { passed, failures } = countTests(vitest);
await vitest.close();
console.log();
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);

function endWithout(problem) {
  console.error(problem);
  console.log("\n0 passed, 1 failed");
  process.exit(1);
}
