import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { SourceAccess } from "../model/stack.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { normalizeDigest } from "./digest.ts";
import { indexFile, readIndexedChart, type IndexEntry } from "./index-entries.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import { missingChart } from "./missing-chart.ts";
import { fileRequest, repositoryAccess, repositoryLoginAdvice } from "./repository-access.ts";
import { inRepository, readRepositoryIndex } from "./repository-index.ts";
import { shownUrl } from "./shown-url.ts";
import { requestSource } from "./source-request.ts";

function toCandidate(entry: IndexEntry, repositoryUrl: string): ChartCandidate[] {
  const location = URL.canParse(entry.url) ? entry.url : inRepository(repositoryUrl, entry.url);
  if (!/^(https?|oci):/i.test(location)) {
    // An index from elsewhere has no say over this machine's files.
    return [];
  }
  const { version, appVersion } = entry;
  return [{ version, appVersion, digest: entry.digest === null ? null : normalizeDigest(entry.digest), location }];
}

/**
 * The versions of a chart in an HTTP repository, in the order of its index.
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `interrupted`
 */
export async function listRepositoryVersions(
  url: string,
  name: string,
  access: SourceAccess | null,
  context: RunContext,
): Promise<readonly ChartCandidate[]> {
  const reached = await repositoryAccess(url, access, context);
  const path = await readRepositoryIndex(reached, repositoryLoginAdvice(url, access), context);
  const chart = await readIndexedChart(indexFile(path), name, shownUrl(inRepository(url, "index.yaml")));
  if (chart.entries === null) {
    throw missingChart(shownUrl(url), name, chart.otherCharts);
  }
  return chart.entries.flatMap((entry) => toCandidate(entry, url));
}

/**
 * The bytes of an archive that a repository's index names.
 * @param location - its address: the repository's own host, or any other
 * @param url - the repository's
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `chart-invalid` (too large), `interrupted`
 */
export async function downloadArchive(
  location: string,
  url: string,
  access: SourceAccess | null,
  context: RunContext,
): Promise<Uint8Array> {
  const request = fileRequest(await repositoryAccess(url, access, context), location);
  const response = await requestSource(location, request, context);
  await requireSuccess(
    response,
    `The chart archive ${shownUrl(location)}`,
    request.authorization === null && new URL(location).origin !== new URL(url).origin
      ? `It lies on another host than its repository, whose login is not sent there.`
      : repositoryLoginAdvice(url, access),
  );
  const announced = Number(response.headers["content-length"] ?? 0);
  if (announced > ARCHIVE_LIMITS.archiveBytes) {
    response.body.destroy();
    throw new FlotillaError(
      "chart-invalid",
      `The chart archive ${shownUrl(location)} is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB.`,
    );
  }
  return readAnswer(response, ARCHIVE_LIMITS.archiveBytes, context.signal);
}
