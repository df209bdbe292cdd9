import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

import { FlotillaError } from "../model/errors.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";

/** A file of a chart folder. */
export interface FolderFile {
  /** Relative to the folder, with `/` between its parts. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

interface Walk {
  readonly folder: string;
  /** The folder with every link resolved: what a link may lead to. */
  readonly root: string;
  readonly files: FolderFile[];
  bytes: number;
}

/** Where a link leads, when that is inside of the chart. */
async function insideTarget(walk: Walk, path: string): Promise<string> {
  const target = await realpath(join(walk.folder, path)).catch((error: unknown) => {
    throw new FlotillaError("chart-invalid", `In the chart folder ${walk.folder}, the link ${path} leads nowhere.`, {
      cause: error,
    });
  });
  if (target !== walk.root && !target.startsWith(walk.root + sep)) {
    throw new FlotillaError(
      "chart-invalid",
      `In the chart folder ${walk.folder}, the link ${path} leads out of the folder.`,
      {
        hint: "Put a copy in its place, or pack the chart with `helm package` and name the archive.",
      },
    );
  }
  return target;
}

async function addFile(walk: Walk, path: string): Promise<void> {
  const { size } = await stat(join(walk.folder, path));
  walk.bytes += size;
  walk.files.push({ path, size });
  if (walk.files.length > ARCHIVE_LIMITS.entries || walk.bytes > ARCHIVE_LIMITS.unpackedBytes) {
    throw new FlotillaError(
      "chart-invalid",
      `The chart folder ${walk.folder} holds more than ${ARCHIVE_LIMITS.entries} files or ${ARCHIVE_LIMITS.unpackedBytes / 2 ** 20} MiB.`,
      { hint: "Is it really the folder of a chart?" },
    );
  }
}

/** @param above - resolved paths of the folders on the way here: a link to one of them would never end */
async function walkFolder(walk: Walk, path: string, above: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(join(walk.folder, path), { withFileTypes: true })) {
    const child = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.name === ".git") {
      continue;
    }
    const target = entry.isSymbolicLink() ? await insideTarget(walk, child) : join(walk.folder, child);
    const kind = entry.isSymbolicLink() ? await stat(target) : entry;
    if (kind.isFile()) {
      await addFile(walk, child);
    } else if (kind.isDirectory()) {
      const resolved = await realpath(target);
      if (above.has(resolved)) {
        throw new FlotillaError(
          "chart-invalid",
          `In the chart folder ${walk.folder}, the link ${child} leads to a folder above itself.`,
        );
      }
      await walkFolder(walk, child, new Set([...above, resolved]));
    }
  }
}

/**
 * Every regular file below a chart folder but those of `.git`, sorted by path. `.helmignore` is not looked at: what it
 * hides changes the digest as well. Links are followed as long as they stay within the folder.
 * @throws FlotillaError `chart-invalid` for links that lead out, nowhere or in circles, and for folders that are too large
 */
export async function listFolderFiles(folder: string): Promise<readonly FolderFile[]> {
  const root = await realpath(folder);
  const walk: Walk = { folder, root, files: [], bytes: 0 };
  await walkFolder(walk, "", new Set([root]));
  return walk.files.toSorted((left, right) => (left.path < right.path ? -1 : 1));
}
