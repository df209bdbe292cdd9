import { join } from "node:path";
import { EXAMPLE_FOLDER } from "../init/example.ts";
import { FlotillaError } from "../model/errors.ts";
import { copyFolderWhole } from "../runtime/copy-folder.ts";
import { packageRoot } from "../runtime/directories.ts";
import { pathExists } from "../runtime/files.ts";

/** A copy that was made. */
export interface ExampleCopy {
  /** Absolute. */
  readonly folder: string;
  /** Takes it away again. */
  readonly undo: () => Promise<void>;
}

/** Whether a folder holds the example's chart, changed or not: it is told by its parts. */
export function isExampleChart(folder: string): Promise<boolean> {
  return pathExists(join(folder, "charts", "routing", "Chart.yaml"));
}

/**
 * Copies the example's chart beside a stack file, so that the file goes wherever its folder goes; null where it is
 * already.
 * @throws FlotillaError `file-exists` when something else has its place
 */
export async function copyExample(folder: string): Promise<ExampleCopy | null> {
  const place = join(folder, EXAMPLE_FOLDER);
  if (await isExampleChart(place)) return null;
  if (await pathExists(place)) {
    throw new FlotillaError("file-exists", `The example's chart belongs into ${place}, where something else is.`, {
      hint: "Move that away, or write the stack file elsewhere with -c FILE.",
    });
  }
  return { folder: place, undo: await copyFolderWhole(join(packageRoot(), "charts", "dicom"), place) };
}
