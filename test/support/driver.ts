import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { until } from "./until.ts";

/** The root of the repository; drivers import from it: `import { … } from "./src/runtime/files.ts"`. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** CommonJS packages in an ESM bundle still call require. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** Bundles a small program that uses our sources into one file that plain Node runs. */
export async function bundleDriver(contents: string, outfile: string): Promise<string> {
  await build({
    stdin: { contents, resolveDir: ROOT, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  return outfile;
}

/** A driver that runs in a process of its own. */
export interface Driver {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly lines: () => readonly string[];
  /** Resolves when a line is there that begins so; throws when it does not come. */
  readonly line: (start: string) => Promise<string>;
  /** Resolves to the exit code, null after a signal. */
  readonly ended: Promise<number | null>;
}

/** Starts a bundled driver. Whoever starts it ends it. */
export function startDriver(file: string, args: readonly string[] = []): Driver {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const lines = (): readonly string[] => output.split("\n").slice(0, -1);
  return {
    process: child,
    lines,
    line: async (start) => {
      const find = (): string | undefined => lines().find((line) => line.startsWith(start));
      await until(() => find() !== undefined, 15_000);
      const found = find();
      if (found === undefined) throw new Error(`no line "${start}" in:\n${output}`);
      return found;
    },
    ended: new Promise((resolve) => child.once("close", (code) => resolve(code))),
  };
}
