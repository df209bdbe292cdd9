import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** No transfer is silent for so long and lives, in milliseconds: by then its `.tmp` file is nobody's. */
const ABANDONED_MS = 3_600_000;

/**
 * Removes what killed processes have left of files that they were writing (`*.tmp`). One that grew within the last hour
 * stays: it may be somebody's, on another machine too. Never fails: it is only tidying up.
 */
export async function removeAbandonedParts(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".tmp"));
  await Promise.allSettled(
    names.map(async (name) => {
      const path = join(folder, name);
      if (Date.now() - (await stat(path)).mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }),
  );
}
