import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { removeAbandonedParts } from "../runtime/abandoned-parts.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists, writeFileAtomic, writeStreamAtomic } from "../runtime/files.ts";
import type { HttpResponse } from "../runtime/http.ts";
import { answerChunks } from "./answer.ts";
import { ANSWER_LIMITS } from "./limits.ts";

/** A repository's index in the cache, and what its server called it. */
export interface CachedIndex {
  /** Absolute path of the index itself, which is named by its digest and so never changes. */
  readonly path: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

function folder(): string {
  return join(cacheDirectory(), "indexes");
}

/** What is known of an address's index; the index itself lies beside it under its own digest, so the two cannot disagree. */
function notePath(indexUrl: string): string {
  return join(folder(), `${createHash("sha256").update(indexUrl).digest("hex")}.json`);
}

function bodyPath(digest: string): string {
  return join(folder(), `${digest}.yaml`);
}

interface Note {
  readonly digest: string;
  /** Of the index before this one, which a run that began earlier may be reading; null when there was none. */
  readonly previous: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

async function readNote(indexUrl: string): Promise<Note | null> {
  try {
    const note = JSON.parse((await readTextIfExists(notePath(indexUrl))) ?? "null") as Record<string, unknown> | null;
    const { digest, previous, etag, lastModified } = note ?? {};
    if (!isDigest(digest)) {
      return null;
    }
    return {
      digest,
      previous: isDigest(previous) ? previous : null,
      etag: typeof etag === "string" ? etag : null,
      lastModified: typeof lastModified === "string" ? lastModified : null,
    };
  } catch {
    return null;
  }
}

async function hasDigest(path: string, digest: string): Promise<boolean> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
    }
  } catch {
    return false;
  }
  return hash.digest("hex") === digest;
}

/** The index that an earlier run left; null when there is none, or a damaged one. */
export async function readCachedIndex(indexUrl: string): Promise<CachedIndex | null> {
  const note = await readNote(indexUrl);
  if (note === null) {
    return null;
  }
  const path = bodyPath(note.digest);
  return (await hasDigest(path, note.digest)) ? { path, etag: note.etag, lastModified: note.lastModified } : null;
}

/**
 * Writes an index into the cache while it comes in. Others cannot read it: it may be that of a private repository. A run
 * that is killed on the way leaves the earlier one as it was.
 * @returns its path
 * @throws FlotillaError `source-unreachable` when it breaks off, stalls or is too large, `interrupted`
 */
export async function cacheIndex(indexUrl: string, response: HttpResponse, signal: AbortSignal): Promise<string> {
  const before = await readNote(indexUrl);
  await removeAbandonedParts(folder());
  const hash = createHash("sha256");
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of answerChunks(response, ANSWER_LIMITS.index, signal)) {
      hash.update(chunk);
      yield chunk;
    }
  };
  let digest = "";
  const path = await writeStreamAtomic(folder(), hashed(), () => {
    digest = hash.digest("hex");
    return bodyPath(digest);
  });
  const isSame = before?.digest === digest;
  const note: Note = {
    digest,
    previous: isSame ? before.previous : (before?.digest ?? null),
    etag: response.headers["etag"] ?? null,
    lastModified: response.headers["last-modified"] ?? null,
  };
  await writeFileAtomic(notePath(indexUrl), JSON.stringify(note), 0o600);
  if (!isSame && before?.previous) {
    await rm(bodyPath(before.previous), { force: true });
  }
  return path;
}
