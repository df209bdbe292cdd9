import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { withFileLock } from "../runtime/file-lock.ts";
import { buildTools } from "./build.ts";
import { downloadBinary } from "./download.ts";
import { mirrored } from "./mirror.ts";
import { currentPlatform } from "./platform.ts";
import { asTask } from "./task.ts";
import { familyLock, familyWorkFolder, findTool, goBuildLock, putInPlace } from "./tool-cache.ts";
import { toolMissing } from "./tool-missing.ts";
import type { UnreachableHosts } from "./unreachable-hosts.ts";
import { TOOLS, type ToolFamily, type ToolName } from "./versions.ts";

/**
 * Gets tools of one family into the cache: each by download, and from the first failure on by one build. Somebody else
 * who is at the same family is waited for, and what they got is not got again.
 * @throws FlotillaError `tool-missing` naming every way that was tried, `interrupted` on abort
 */
export async function getFamily(
  family: ToolFamily,
  wanted: readonly ToolName[],
  context: RunContext,
  unreachable: UnreachableHosts,
): Promise<void> {
  await withFileLock(familyLock(family), () => underLock(family, wanted, context, unreachable), {
    signal: context.signal,
    onWait: (owner) => tellWait(context, wanted, owner),
  });
}

async function underLock(
  family: ToolFamily,
  wanted: readonly ToolName[],
  context: RunContext,
  unreachable: UnreachableHosts,
): Promise<void> {
  const missing = await missingOf(wanted);
  if (missing.length === 0) return;
  const unfinished = familyWorkFolder(family);
  // Whatever lies there was left by a process that died: the lock is ours.
  await removeFolder(unfinished);
  await mkdir(unfinished, { recursive: true });
  const folder = await mkdtemp(join(unfinished, "work-"));
  try {
    const failure = await downloadAll(missing, folder, context, unreachable);
    if (failure !== "none") await buildRest(family, await missingOf(missing), folder, context, failure);
  } finally {
    await removeFolder(unfinished);
  }
}

/** @returns `none` when all is there now, else why the first download failed; null when there is no file to download */
async function downloadAll(
  missing: readonly ToolName[],
  folder: string,
  context: RunContext,
  unreachable: UnreachableHosts,
): Promise<FlotillaError | "none" | null> {
  for (const name of missing) {
    const { version, release } = TOOLS[name];
    const file = release(currentPlatform());
    if (file === null) return null;
    const known = unreachable.earlierError(mirrored(file.checksum.url)) ?? unreachable.earlierError(mirrored(file.url));
    if (known !== null) return known;
    try {
      await asTask(context, `download:${name}`, `Downloading ${name} ${version}`, async (tell) => {
        const options = { signal: context.signal, tell, unreachable };
        await putInPlace(await downloadBinary(file, folder, options), name);
      });
    } catch (error) {
      if (!isFailedDownload(error)) throw error;
      if (error.code === "digest-mismatch") {
        context.emit({ type: "notice", level: "warning", message: error.message, hint: error.hint });
      }
      return error;
    }
  }
  return "none";
}

/** After these a build may still get the tool. */
function isFailedDownload(error: unknown): error is FlotillaError {
  return (
    error instanceof FlotillaError &&
    (error.code === "source-unreachable" || error.code === "tool-failed" || error.code === "digest-mismatch")
  );
}

/** Builds what is missing. One build at a time on a machine: Kubernetes takes 2.3 GB of memory and every core. */
async function buildRest(
  family: ToolFamily,
  missing: readonly ToolName[],
  folder: string,
  context: RunContext,
  download: FlotillaError | null,
): Promise<void> {
  const title = `Building ${missing.join(", ")} from Go modules`;
  try {
    await asTask(context, `build:${family}`, title, async (tell) => {
      const build = async (): Promise<void> => {
        const options = { signal: context.signal, tell, folder: join(folder, "build") };
        for (const [name, file] of await buildTools(family, missing, options)) {
          if (missing.includes(name)) await putInPlace(file, name);
        }
      };
      const onWait = (): void => tell("waiting for another build to end");
      await withFileLock(goBuildLock(), build, { signal: context.signal, onWait });
    });
  } catch (error) {
    if (!(error instanceof FlotillaError) || (error.code !== "tool-missing" && error.code !== "tool-failed")) {
      throw error;
    }
    throw toolMissing(missing, download, error);
  }
}

async function missingOf(names: readonly ToolName[]): Promise<ToolName[]> {
  const found = await Promise.all(names.map((name) => findTool(name)));
  return names.filter((_, index) => found[index] === null);
}

/** Tries again for a moment: a compiler whose flotilla was killed may write for some more milliseconds. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function tellWait(context: RunContext, wanted: readonly ToolName[], owner: string): void {
  const message = `Waiting for ${owner}, which is getting ${wanted.join(", ")} as well.`;
  context.emit({ type: "notice", level: "info", message, hint: null });
}
