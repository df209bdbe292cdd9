import { createHash } from "node:crypto";
import { join } from "node:path";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { cacheDirectory } from "../runtime/directories.ts";
import { readTextIfExists, writeFileAtomic } from "../runtime/files.ts";
import { httpRequest, type HttpResponse } from "../runtime/http.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import { ANSWER_LIMITS } from "./limits.ts";
import { oncePerRun } from "./run-memory.ts";
import { shownUrl } from "./shown-url.ts";

/** An index as it lies in the cache: one file, a line of JSON and the text, so that the two never disagree. */
interface CachedIndex {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly text: string;
}

/** The address of a file in a repository; a query (some servers take tokens there) stays where it is. */
export function inRepository(repositoryUrl: string, path: string): string {
  const base = new URL(repositoryUrl);
  base.pathname = base.pathname.endsWith("/") ? base.pathname : `${base.pathname}/`;
  const url = new URL(path, base);
  if (url.search === "" && url.origin === base.origin) {
    url.search = base.search;
  }
  return url.href;
}

function cachePath(indexUrl: string): string {
  return join(cacheDirectory(), "indexes", createHash("sha256").update(indexUrl).digest("hex"));
}

async function readCachedIndex(path: string): Promise<CachedIndex | null> {
  const stored = await readTextIfExists(path);
  const lineEnd = stored?.indexOf("\n") ?? -1;
  if (stored === null || lineEnd === -1) {
    return null;
  }
  try {
    const header = JSON.parse(stored.slice(0, lineEnd)) as Record<string, unknown>;
    const { etag, lastModified } = header;
    return {
      etag: typeof etag === "string" ? etag : null,
      lastModified: typeof lastModified === "string" ? lastModified : null,
      text: stored.slice(lineEnd + 1),
    };
  } catch {
    return null;
  }
}

function revalidation(cached: CachedIndex | null): Record<string, string> {
  return {
    ...(cached?.etag ? { "if-none-match": cached.etag } : {}),
    ...(cached?.lastModified ? { "if-modified-since": cached.lastModified } : {}),
  };
}

async function keepIndex(path: string, response: HttpResponse, text: string): Promise<void> {
  const etag = response.headers["etag"] ?? null;
  const lastModified = response.headers["last-modified"] ?? null;
  if (etag !== null || lastModified !== null) {
    await writeFileAtomic(path, `${JSON.stringify({ etag, lastModified })}\n${text}`);
  }
}

async function requestIndex(indexUrl: string, context: RunContext): Promise<string> {
  const path = cachePath(indexUrl);
  const cached = await readCachedIndex(path);
  const response = await httpRequest(indexUrl, { signal: context.signal, headers: revalidation(cached) });
  if (response.status === 304 && cached !== null) {
    await response.discard();
    return cached.text;
  }
  if (response.status === 404) {
    await response.discard();
    throw new FlotillaError(
      "source-unreachable",
      `There is no Helm repository: ${shownUrl(indexUrl)} does not exist (HTTP 404).`,
      {
        hint: "Name the address that holds index.yaml, without index.yaml.",
      },
    );
  }
  await requireSuccess(response, `The index ${shownUrl(indexUrl)}`);
  const text = Buffer.from(await readAnswer(response, ANSWER_LIMITS.index, context.signal)).toString("utf8");
  await keepIndex(path, response, text);
  return text;
}

/**
 * The text of a repository's index.yaml: asked for once per run, and not sent again by a server that can say whether it
 * changed since an earlier run.
 * @throws FlotillaError `source-unreachable`, `source-denied`, `interrupted`
 */
export function readRepositoryIndex(repositoryUrl: string, context: RunContext): Promise<string> {
  const indexUrl = inRepository(repositoryUrl, "index.yaml");
  return oncePerRun(context, `index ${indexUrl}`, () => requestIndex(indexUrl, context));
}
