import { mkdir } from "node:fs/promises";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { pathExists } from "../runtime/files.ts";
import { runGo } from "./go-toolchain.ts";
import { asTask } from "./task.ts";
import { toolsFolder } from "./tool-cache.ts";

/**
 * Gets the source of a Go module into Go's own module cache, verified against Go's checksum database.
 * @param version with its leading `v`, a pseudo-version included
 * @returns the absolute path of the module's folder, which is read-only
 * @throws FlotillaError `tool-missing` without a Go toolchain, `tool-failed` when the module cannot be had,
 *   `interrupted` on abort
 */
export async function downloadGoModule(module: string, version: string, context: RunContext): Promise<string> {
  const wanted = `${module}@${version}`;
  return asTask(context, `go-module:${wanted}`, `Getting the Go module ${wanted}`, async (tell) => {
    tell("asking Go's module proxy");
    const cwd = toolsFolder();
    await mkdir(cwd, { recursive: true });
    const { stdout } = await runGo(["mod", "download", "-json", wanted], { cwd, signal: context.signal });
    const folder = folderIn(stdout);
    if (folder !== null && (await pathExists(folder))) return folder;
    throw new FlotillaError("tool-failed", `go mod download names no folder for ${wanted}.`);
  });
}

/** The field `Dir` of go's answer (`go help mod download`). */
function folderIn(json: string): string | null {
  try {
    const answer: unknown = JSON.parse(json);
    return typeof answer === "object" && answer !== null && "Dir" in answer && typeof answer.Dir === "string"
      ? answer.Dir
      : null;
  } catch {
    return null;
  }
}
