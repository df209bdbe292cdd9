import semver from "semver";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { checkDigest, digestOf } from "./digest.ts";
import { missingVersion } from "./missing-chart.ts";
import { ANSWER_LIMITS, ARCHIVE_LIMITS } from "./limits.ts";
import {
  formatOciLocation,
  parseOciLocation,
  parseOciUrl,
  tagOfVersion,
  versionOfTag,
  type OciRepository,
} from "./oci-address.ts";
import { findChartLayer, type ChartLayer } from "./oci-manifest.ts";
import { registryRequest } from "./registry-request.ts";

/** Pages of tags; registries put at least a hundred tags on one. */
const MAX_PAGES = 500;

/** The address of the next page (RFC 8288), which must be the registry's own; null on the last page. */
function nextPage(link: string | undefined, url: string): string | null {
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "")?.[1];
  if (target === undefined || !URL.canParse(target, url)) {
    return null;
  }
  const next = new URL(target, url);
  return next.origin === new URL(url).origin && next.href !== url ? next.href : null;
}

function tagsIn(text: string, url: string): readonly string[] {
  try {
    const { tags } = JSON.parse(text) as { tags?: unknown };
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch (cause) {
    throw new FlotillaError("source-unreachable", `${url} is not JSON: something other than a registry answers.`, {
      cause,
    });
  }
}

async function listTags(repository: OciRepository, context: RunContext): Promise<readonly string[]> {
  const tags: string[] = [];
  let url: string | null = `${repository.origin}/v2/${repository.path}/tags/list`;
  for (let page = 0; url !== null && page < MAX_PAGES; page += 1) {
    const response = await registryRequest(repository, url, ["application/json"], context);
    await requireSuccess(response, `The chart oci://${repository.host}/${repository.path}`);
    const bytes = await readAnswer(response, ANSWER_LIMITS.registryDocument, context.signal);
    tags.push(...tagsIn(Buffer.from(bytes).toString("utf8"), url));
    url = nextPage(response.headers["link"], url);
  }
  return tags;
}

/** The candidate for a version whose tag is known or guessed; nothing is asked of the registry. */
export function ociCandidate(url: string, tag: string): ChartCandidate {
  return { version: versionOfTag(tag), appVersion: null, digest: null, location: formatOciLocation(url, tag) };
}

/**
 * The versions of a chart in a registry: its tags, without those that are no full semantic version (`latest`, `1.31`,
 * signatures).
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `interrupted`
 */
export async function listOciVersions(url: string, context: RunContext): Promise<readonly ChartCandidate[]> {
  const tags = await listTags(parseOciUrl(url), context);
  return tags.filter((tag) => semver.parse(versionOfTag(tag)) !== null).map((tag) => ociCandidate(url, tag));
}

/** The candidate for a version, whether the registry has it or not: a locked version needs no list of tags. */
export function ociCandidateOfVersion(url: string, version: string): ChartCandidate {
  return ociCandidate(url, tagOfVersion(version));
}

async function downloadLayer(
  repository: OciRepository,
  layer: ChartLayer,
  location: string,
  context: RunContext,
): Promise<Uint8Array> {
  if (layer.size > ARCHIVE_LIMITS.archiveBytes) {
    throw new FlotillaError(
      "chart-invalid",
      `The chart ${location} is larger than ${ARCHIVE_LIMITS.archiveBytes / 2 ** 20} MiB.`,
    );
  }
  const response = await registryRequest(
    repository,
    `${repository.origin}/v2/${repository.path}/blobs/${layer.digest}`,
    [],
    context,
  );
  await requireSuccess(response, `The archive of the chart ${location}`);
  const bytes = await readAnswer(response, layer.size, context.signal);
  checkDigest(`The archive of the chart ${location}`, "its manifest", layer.digest, digestOf(bytes));
  return bytes;
}

/** Says which versions there are when the one asked for is not there, if the registry tells. */
async function withVersions(error: unknown, url: string, tag: string, context: RunContext): Promise<unknown> {
  if (!(error instanceof FlotillaError) || error.code !== "chart-not-found") {
    return error;
  }
  return listOciVersions(url, context).then(
    (candidates) => missingVersion("The registry", url, versionOfTag(tag), candidates),
    () => error,
  );
}

/**
 * The bytes of a chart in a registry.
 * @param expectedDigest - what the archive's digest has to be; checked before the archive is downloaded
 * @throws FlotillaError `chart-not-found`, `chart-invalid`, `digest-mismatch`, `source-unreachable`, `source-denied`, `interrupted`
 */
export async function downloadOciChart(
  location: string,
  expectedDigest: string | null,
  context: RunContext,
): Promise<Uint8Array> {
  const { url, tag } = parseOciLocation(location);
  const repository = parseOciUrl(url);
  const layer = await findChartLayer(repository, tag, context).catch(async (error: unknown) => {
    throw await withVersions(error, url, tag, context);
  });
  checkDigest(`The chart ${location}`, "flotilla.lock", expectedDigest, layer.digest);
  return downloadLayer(repository, layer, location, context);
}
