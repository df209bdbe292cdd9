// Packs Istio's charts from its Go module, as two versions, for machines that cannot reach the official source.
// Prints the folder, which can stand as `istio.source` in a stack file.
import { fileURLToPath } from "node:url";
import { bootstrap } from "./bootstrap.mjs";

await bootstrap();
const { build } = await import("esbuild");
const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = fileURLToPath(new URL("../dist/pack-charts.mjs", import.meta.url));
await build({
  stdin: { contents: 'export { packIstioCharts } from "./src/sandbox/istio-packing.ts";', resolveDir: root },
  bundle: true,
  outfile,
  format: "esm",
  platform: "node",
  target: "node20.19",
  logLevel: "error",
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
const { packIstioCharts } = await import(outfile);
const emit = (event) => event.type === "task-started" && console.error(`${event.title} …`);
console.log(await packIstioCharts({ signal: new AbortController().signal, emit }));
