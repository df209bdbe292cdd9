import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";

/** Makes sure that `bin/flotilla` is what the sources say, for tests that run it. */
export function useBundle(): void {
  const script = JSON.stringify(join(packageRoot(), "scripts", "bootstrap.mjs"));
  const code = `import { bundle } from ${script}; await bundle();`;
  beforeAll(() => promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code]), 180_000);
}
