// What the benchmarks need of our sources: Node cannot run those as they are.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bundles exports into `folder` and loads them. @param rooms name of an export → its file, from the root of the clone */
export async function bundleRooms(folder, rooms) {
  const outfile = join(folder, "rooms.mjs");
  const lines = Object.entries(rooms).map(([name, file]) => `export { ${name} } from "./${file}";`);
  await build({
    stdin: { contents: lines.join("\n"), resolveDir: root },
    bundle: true,
    outfile,
    format: "esm",
    platform: "node",
    logLevel: "error",
    define: { "import.meta.url": JSON.stringify(new URL("../dist/cli/bench.js", import.meta.url).href) },
    banner: {
      js: `import { createRequire as __r } from "node:module"; const require = __r(${JSON.stringify(join(root, "x.js"))});`,
    },
  });
  return import(outfile);
}
