import { readdir } from "node:fs/promises";
import { isNotFound } from "../runtime/files.ts";
import { isSandboxName } from "./sandbox-name.ts";
import { sandboxesDirectory } from "./sandbox-paths.ts";

/** The names of all sandbox folders, sorted, whatever is in them. */
export async function sandboxFolders(): Promise<readonly string[]> {
  try {
    const entries = await readdir(sandboxesDirectory(), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isSandboxName(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
