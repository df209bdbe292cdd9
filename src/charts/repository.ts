import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { httpRequest } from "../runtime/http.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { normalizeDigest } from "./digest.ts";
import { readIndexedChart, type IndexEntry } from "./index-entries.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";
import { missingChart } from "./missing-chart.ts";
import { inRepository, readRepositoryIndex } from "./repository-index.ts";
import { shownUrl } from "./shown-url.ts";

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
  context: RunContext,
): Promise<readonly ChartCandidate[]> {
  const chart = readIndexedChart(
    await readRepositoryIndex(url, context),
    name,
    shownUrl(inRepository(url, "index.yaml")),
  );
  if (chart.entries === null) {
    throw missingChart(shownUrl(url), name, chart.otherCharts);
  }
  return chart.entries.flatMap((entry) => toCandidate(entry, url));
}

/**
 * The bytes of an archive behind an HTTP address.
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `interrupted`
 */
export async function downloadArchive(url: string, context: RunContext): Promise<Uint8Array> {
  const response = await httpRequest(url, { signal: context.signal });
  await requireSuccess(response, `The chart archive ${shownUrl(url)}`);
  const announced = Number(response.headers["content-length"] ?? 0);
  if (announced > ARCHIVE_LIMITS.archiveBytes) {
    response.body.destroy();
    throw new FlotillaError(
      "chart-invalid",
      `The chart archive ${shownUrl(url)} is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB.`,
    );
  }
  return readAnswer(response, ARCHIVE_LIMITS.archiveBytes, context.signal);
}
