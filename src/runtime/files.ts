import { randomBytes } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FlotillaError } from "../model/errors.ts";

/** True for the errors that say "no such file". */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** The text of a file; null when there is no such file. Other faults are thrown as Node gives them. */
export async function readTextIfExists(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/**
 * Likewise, for a path that somebody has written into a file: devices, which need not end, are refused.
 * @throws Error that says so; other faults as Node gives them
 */
export async function readRegularText(path: string): Promise<string | null> {
  const found = await stat(path).catch((error: unknown) => {
    if (isNotFound(error)) return null;
    throw error;
  });
  if (found === null) return null;
  if (found.isCharacterDevice() || found.isBlockDevice()) throw new Error("it is a device");
  return await readTextIfExists(path);
}

/** True when something stands at the path and can be seen by us. */
export async function pathExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** What stands at a path, links followed; null when there is nothing that we can see. */
export async function pathType(path: string): Promise<"file" | "folder" | "other" | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
}

/** True for a folder, or a link to one, that can be seen by us. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Writes a file so that readers see the old one or the new one, never a half: a temporary file beside it, synced,
 * then renamed. Folders above it are made.
 * @throws FlotillaError `write-failed` when the disk is full or may not be written; what was there is still there
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(path, error);
  }
}

/**
 * Writes what comes in pieces to a file that has its name only once all of it is there; only its owner may read it.
 * A process that is killed on the way leaves a `.tmp` file at most.
 * @param folder - made when missing
 * @param pathOf - asked for the file's path, in the same file system, when the last piece is written
 * @returns the path
 * @throws what the pieces throw, or FlotillaError `write-failed`; then nothing is left behind
 */
export async function writeStreamAtomic(
  folder: string,
  pieces: AsyncIterable<Uint8Array>,
  pathOf: () => string,
): Promise<string> {
  const temporary = join(folder, `${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, "wx", 0o600);
    try {
      // Not `write`: on a disk that is about to be full that writes a part of it, and says so to nobody.
      for await (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    const path = pathOf();
    await rename(temporary, path);
    return path;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(folder, error);
  }
}

/** Calls to the system by which files come to be; the pieces of a stream have failures of their own. */
const WRITING: readonly string[] = ["mkdir", "open", "write", "fsync", "rename"];

function writeError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  const { syscall, code } = error;
  if (!WRITING.includes(String(syscall))) return error;
  const reason = error.message.replace(/^\w+: /, "").split(",")[0] ?? "";
  const isFull = ["ENOSPC", "EDQUOT", "EFBIG"].includes(String(code));
  return new FlotillaError("write-failed", `${path} cannot be written: ${reason} (${String(code)}).`, {
    hint: isFull
      ? "Make room on that disk and run the command again. What was there before is untouched."
      : "Make the place writable for you, or name another one. What was there before is untouched.",
    cause: error,
  });
}
