import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { HttpResponse } from "../runtime/http.ts";
import { requireSuccess } from "./answer.ts";
import { cacheIndex, readCachedIndex, type CachedIndex } from "./index-cache.ts";
import type { RepositoryAccess } from "./repository-access.ts";
import { oncePerRun } from "./run-memory.ts";
import { shownUrl } from "./shown-url.ts";
import { requestSource } from "./source-request.ts";

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

function revalidation(cached: CachedIndex | null): Record<string, string> {
  return {
    ...(cached?.etag ? { "if-none-match": cached.etag } : {}),
    ...(cached?.lastModified ? { "if-modified-since": cached.lastModified } : {}),
  };
}

async function requestIndex(
  indexUrl: string,
  access: RepositoryAccess,
  advice: string,
  context: RunContext,
): Promise<string> {
  const cached = await readCachedIndex(indexUrl);
  const ask = (headers: Record<string, string>): Promise<HttpResponse> =>
    requestSource(indexUrl, { ...access, headers, clientCertificate: access.clientCertificate ?? null }, context);
  let response = await ask(revalidation(cached));
  if (response.status === 304) {
    await response.discard();
    if (cached !== null) {
      return cached.path;
    }
    // Something between here and the server answers for a copy that we do not have.
    response = await ask({ "cache-control": "no-cache" });
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
  await requireSuccess(response, `The index ${shownUrl(indexUrl)}`, advice);
  return cacheIndex(indexUrl, response, context.signal);
}

/**
 * The file in the cache that holds a repository's index.yaml: asked for once per run, and not sent again by a server that
 * can say whether it changed since an earlier run.
 * @param advice - what to do when the repository refuses us
 * @throws FlotillaError `source-unreachable`, `source-denied`, `interrupted`
 */
export function readRepositoryIndex(access: RepositoryAccess, advice: string, context: RunContext): Promise<string> {
  const indexUrl = inRepository(access.url, "index.yaml");
  const key = `index ${indexUrl} ${access.authorization ?? ""} ${access.caFile ?? ""}`;
  return oncePerRun(context, key, () => requestIndex(indexUrl, access, advice, context));
}
