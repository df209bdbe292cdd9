import { execFile } from "node:child_process";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../src/runtime/directories.ts";

/** The scripts of ours that run tests. */
const SCRIPTS = ["test.mjs", "count-tests.mjs", "test-cluster.mjs", "real-node.mjs", "lock.mjs", "step.mjs"];

/** Two tests that pass. */
export const GOOD = 'test("one", () => {}); test("two", () => expect(1).toBe(1));';

/** How a script of the project ended. */
export interface ScriptEnd {
  readonly exit: number;
  readonly lines: readonly string[];
  /** Its standard error. */
  readonly stderr: string;
}

/** Makes a project in an empty folder: the scripts of ours that run tests, with a set-up that does nothing. */
export async function makeProject(folder: string): Promise<void> {
  await mkdir(join(folder, "scripts"));
  for (const script of SCRIPTS) {
    await copyFile(join(packageRoot(), "scripts", script), join(folder, "scripts", script));
  }
  await writeFile(join(folder, "scripts", "bootstrap.mjs"), "export async function bootstrap() {}\n");
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await symlink(join(packageRoot(), "node_modules"), join(folder, "node_modules"));
}

/** Adds a test file; vitest's functions are imported. */
export async function addTests(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const imports = 'import { afterAll, beforeAll, describe, expect, test } from "vitest";';
  await writeFile(join(folder, `${name}.test.js`), `${imports}\n${text}\n`);
}

/** Runs a script of the project. Outside of CI, where vitest is stricter, and with no cluster but the one of a test. */
export function runScript(folder: string, script: string, ...args: readonly string[]): Promise<ScriptEnd> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== "CI" && !/^(VITEST|FLOTILLA_TEST|FLOTILLA_REALNODE)/.test(name),
    ),
  );
  return new Promise((resolve) => {
    execFile(process.execPath, [join("scripts", script), ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ exit: Number(error?.code ?? 0), lines: stdout.trimEnd().split("\n"), stderr });
    });
  });
}
