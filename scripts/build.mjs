// Builds what ships: the command line as one entry with lazy chunks (dist/cli), with --library also the library (dist/lib).
import { spawnSync } from "node:child_process";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "dist", "cli");

/** How long chunks of earlier builds are kept, in milliseconds: a command that still runs may load them. */
const KEEP_MS = 3_600_000;

/**
 * CommonJS packages inside an ESM bundle still call require: for Node's builtins, and for packages that they can do without.
 * It stands in each chunk, so it has to cost nothing: `createRequire` took a twentieth of the start-up.
 */
const REQUIRE = `const require = (name) => {
  const builtin = process.getBuiltinModule(name);
  if (builtin) return builtin;
  throw Object.assign(new Error("Cannot find module " + name), { code: "MODULE_NOT_FOUND" });
};`;

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

/** Bundles the command line for a folder, and writes nothing yet. */
async function bundle(outdir) {
  return build({
    entryPoints: [join(root, "src", "cli", "entry.ts")],
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    banner: { js: REQUIRE },
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "error",
    plugins: [slimClientNode],
  });
}

async function put({ path, contents }) {
  const partial = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(partial, contents);
  await rename(partial, path);
}

async function removeOldChunks(current) {
  const folder = join(target, "chunks");
  for (const name of await readdir(folder)) {
    if (current.has(name)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > KEEP_MS) await rm(join(folder, name), { force: true });
  }
}

async function main() {
  const { outputFiles } = await bundle(target);
  const chunks = outputFiles.filter(({ path }) => dirname(path) !== target);
  // The entry last: a command that starts meanwhile finds the old one or the new one, and all the chunks of either.
  for (const file of [...chunks, ...outputFiles.filter((each) => !chunks.includes(each))]) await put(file);
  await removeOldChunks(new Set(chunks.map(({ path }) => basename(path))));
  if (!process.argv.includes("--library")) return;
  const compiled = spawnSync(join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (compiled.status !== 0) process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
