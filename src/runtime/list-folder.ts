import { type Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isNotFound } from "./files.ts";

/** Something in a folder. A link counts as what it leads to; `linked-folder` is one to a folder. */
export interface ListedEntry {
  readonly name: string;
  readonly type: "file" | "folder" | "linked-folder" | "other";
}

/** What a folder holds; null when there is no such folder. Other faults are thrown as Node gives them. */
export async function listFolder(path: string): Promise<readonly ListedEntry[] | null> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return await Promise.all(entries.map(async (entry) => ({ name: entry.name, type: await typeOf(path, entry) })));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function typeOf(folder: string, entry: Dirent): Promise<ListedEntry["type"]> {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (!entry.isSymbolicLink()) return "other";
  // A link that leads nowhere is nothing that could be read.
  const target = await stat(join(folder, entry.name)).catch(() => null);
  if (target?.isDirectory()) return "linked-folder";
  return target?.isFile() ? "file" : "other";
}
