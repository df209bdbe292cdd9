import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { RunOwner } from "../model/observed.ts";
import { pause, throwIfAborted } from "./abort.ts";
import { isNotFound } from "./files.ts";
import { isAlive, thisProcess } from "./process-identity.ts";

/** How a lock is waited for. */
export interface FileLockOptions {
  readonly signal: AbortSignal;
  /** Called once when the lock is found taken, with who has it. */
  readonly onWait?: (owner: string) => void;
}

/** A taken lock is looked at this often, in milliseconds: nothing portable announces the end of another process. */
const POLL_MS = 50;

/**
 * Does work that only one process (and one caller in it) may do at a time. The lock is a file that names its owner,
 * put in place by a hard link, which fails when there is one; a lock whose owner is dead is taken over.
 * @throws FlotillaError `interrupted` or the signal's reason while waiting; whatever the work throws
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, options: FileLockOptions): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const token = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const own = `${path}.${token}`;
  await writeFile(own, JSON.stringify(await thisProcess(token)));
  try {
    await acquire(path, own, options);
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function acquire(path: string, own: string, options: FileLockOptions): Promise<void> {
  for (let told = false; ;) {
    throwIfAborted(options.signal);
    if (await tryLink(own, path)) return;
    const owner = await readOwner(path);
    if (owner === null) continue;
    if (owner !== "unreadable" && (await isAlive(owner)) !== false) {
      if (!told) options.onWait?.(`process ${owner.pid} on ${owner.host}`);
      told = true;
      await pause(POLL_MS, options.signal);
    } else {
      await removeStale(path, own, owner);
    }
  }
}

async function tryLink(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Null: the lock is gone by now. The file is whole as soon as it is there, so one that cannot be read is damaged. */
async function readOwner(path: string): Promise<RunOwner | "unreadable" | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as RunOwner;
  } catch (error) {
    return isNotFound(error) ? null : "unreadable";
  }
}

/**
 * Two may find the same dead owner: each moves the lock aside and looks at what it moved. Who moved a live one, because
 * the other was quicker to take over, puts it back.
 */
async function removeStale(path: string, own: string, stale: RunOwner | "unreadable"): Promise<void> {
  const aside = `${own}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (JSON.stringify(moved) !== JSON.stringify(stale)) await tryLink(aside, path);
  await rm(aside, { force: true });
}
