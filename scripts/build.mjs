// Builds what ships: the command line as one entry with lazy chunks (dist/cli), with --library also the library (dist/lib).
import { spawnSync } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "dist", "cli");
const fresh = join(root, "dist", `cli.${process.pid}`);

/** CommonJS packages inside an ESM bundle still call require for Node's builtins. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/**
 * Of client-node only the kubeconfig part is used, but its generated classes keep each other alive: told that they have
 * no side effects, three quarters of it fall away. Its node-fetch is replaced by Node's own.
 */
const slimClientNode = {
  name: "slim-client-node",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ importer, path, resolveDir }) =>
      importer.includes("@kubernetes/client-node/dist")
        ? { path: resolve(resolveDir, path), sideEffects: false }
        : null,
    );
    build.onResolve({ filter: /^node-fetch$/ }, () => ({ path: "node-fetch", namespace: "native" }));
    build.onLoad({ filter: /.*/, namespace: "native" }, () => ({
      // Touched only when used: Node loads its own fetch at the first touch.
      contents: `export function Headers(...args) { return new globalThis.Headers(...args); }
        export default (...args) => globalThis.fetch(...args);`,
    }));
  },
};

/** Bundles the command line into a folder. */
export async function bundle(outdir) {
  return build({
    entryPoints: [join(root, "src", "cli", "entry.ts")],
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    banner: { js: REQUIRE },
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "error",
    plugins: [slimClientNode],
  });
}

async function main() {
  await mkdir(join(root, "dist"), { recursive: true });
  await bundle(fresh);
  // Put in place whole: a command that starts meanwhile finds the old one or the new one.
  await rm(`${target}.old`, { recursive: true, force: true });
  await rename(target, `${target}.old`).catch(() => {});
  await rename(fresh, target);
  await rm(`${target}.old`, { recursive: true, force: true });
  if (!process.argv.includes("--library")) return;
  const compiled = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (compiled.status !== 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
