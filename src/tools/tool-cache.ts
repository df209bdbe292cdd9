import { constants } from "node:fs";
import { access, chmod, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../runtime/directories.ts";
import { currentPlatform, platformName } from "./platform.ts";
import { TOOLS, type ToolFamily, type ToolName } from "./versions.ts";

/** The folder of the cache that holds every tool. */
export function toolsFolder(): string {
  return join(cacheDirectory(), "tools");
}

/** Where a tool's binary is, or will be: `tools/<name>/<version>-<os>-<arch>/<binary>`. */
export function toolPath(name: ToolName): string {
  const { version, binary } = TOOLS[name];
  return join(toolsFolder(), name, `${version}-${platformName(currentPlatform())}`, binary);
}

/** The lock that must be held while a family's tools are got. */
export function familyLock(family: ToolFamily): string {
  return join(toolsFolder(), ".locks", `${family}.lock`);
}

/** The lock that must be held while Go builds, whatever it builds. */
export function goBuildLock(): string {
  return join(toolsFolder(), ".locks", "go-build.lock");
}

/** Where unfinished files of a family lie; only the holder of the family's lock may touch it. */
export function familyWorkFolder(family: ToolFamily): string {
  return join(toolsFolder(), ".unfinished", family);
}

/**
 * The absolute path of a tool in the cache; null when it is not there. Looks at the cache alone: no network, no PATH.
 * @throws FlotillaError `tool-missing` on a platform without tools
 */
export async function findTool(name: ToolName): Promise<string | null> {
  const path = toolPath(name);
  try {
    await access(path, constants.X_OK);
    const found = await stat(path);
    return found.isFile() && found.size > 0 ? path : null;
  } catch {
    return null;
  }
}

/** Puts a finished binary where `findTool` finds it, all at once; it must lie in the same file system. */
export async function putInPlace(file: string, name: ToolName): Promise<string> {
  const path = toolPath(name);
  await chmod(file, 0o755);
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await mkdir(dirname(path), { recursive: true });
  await rename(file, path);
  return path;
}
