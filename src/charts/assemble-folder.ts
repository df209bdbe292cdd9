import { randomBytes } from "node:crypto";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { cacheDirectory } from "../runtime/directories.ts";
import { pathExists } from "../runtime/files.ts";
import { placedFiles, readContents, type FolderContents, type PlacedFile } from "./folder.ts";

/** A chart folder in the cache. */
export interface AssembledFolder extends FolderContents {
  /** Absolute; named by the digest of what it holds. */
  readonly path: string;
}

async function holds(folder: string, digest: string): Promise<boolean> {
  return (await pathExists(folder)) && (await readContents(await placedFiles(folder))).digest === digest;
}

/** Copies all of them under another name first: a folder under its own name is always whole. */
async function copyAll(files: readonly PlacedFile[], folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    for (const { path, file } of files) {
      await mkdir(dirname(join(unfinished, path)), { recursive: true });
      await copyFile(file, join(unfinished, path));
    }
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * A folder of these files in the cache, by the digest of their contents: made when it is not there or damaged. Nobody's
 * own folder is written to.
 * @throws FlotillaError `chart-invalid`
 */
export async function assembleFolder(files: readonly PlacedFile[]): Promise<AssembledFolder> {
  const sorted = files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  const contents = await readContents(sorted);
  const folder = join(cacheDirectory(), "charts", "folders", contents.digest.slice("sha256:".length));
  if (!(await holds(folder, contents.digest))) {
    await copyAll(sorted, folder).catch(async (error: unknown) => {
      // Somebody else may have been faster.
      if (!(await holds(folder, contents.digest))) throw error;
    });
  }
  return { ...contents, path: folder };
}
