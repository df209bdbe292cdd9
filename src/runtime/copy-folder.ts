import { randomBytes } from "node:crypto";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Copies a folder to a place where there is nothing yet: whole, under its name only once all of it is there. Folders
 * above it are made.
 * @returns takes away again what was made
 */
export async function copyFolderWhole(from: string, to: string): Promise<() => Promise<void>> {
  const made = await mkdir(dirname(to), { recursive: true });
  const undo = (): Promise<void> => rm(made ?? to, { recursive: true, force: true });
  const temporary = `${to}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await cp(from, temporary, { recursive: true });
    await rename(temporary, to);
  } catch (error) {
    await rm(made ?? temporary, { recursive: true, force: true });
    throw error;
  }
  return undo;
}
