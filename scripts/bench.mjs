// `npm run bench [SCENARIO…]`: flotilla beside shell scripts with Helm 4 and 3, alternating, on a sandbox of its own.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap();
const { runBenchmarks } = await import("../bench/run.mjs");
await runBenchmarks(process.argv.slice(2));
