// `npm run bench [SCENARIO…]`: flotilla beside shell scripts with Helm 4 and 3, alternating, on a sandbox of its own;
// `npm run bench node`: the same on a cluster whose pods really run (see CONTRIBUTING.md).
import { bootstrap } from "./bootstrap.mjs";

const [first, ...others] = process.argv.slice(2);

await bootstrap();
if (first === "node") {
  const { openTestCluster } = await import("./test-cluster.mjs");
  const problem = await openTestCluster();
  if (problem !== null) {
    console.error(problem);
    process.exit(1);
  }
  const { runNodeBenchmarks } = await import("../bench/node.mjs");
  await runNodeBenchmarks(others);
  process.exit(0);
}
const { runBenchmarks } = await import("../bench/run.mjs");
await runBenchmarks(process.argv.slice(2));
