import semver from "semver";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { SourceAccess } from "../model/stack.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { checkDigest, checkLocked, digestOf, type LockedDigest } from "./digest.ts";
import { missingVersion } from "./missing-chart.ts";
import { ANSWER_LIMITS, ARCHIVE_LIMITS } from "./limits.ts";
import {
  formatOciLocation,
  parseOciLocation,
  parseOciUrl,
  tagOfVersion,
  versionOfTag,
  type OciLocation,
  type OciRepository,
} from "./oci-address.ts";
import { findChart, type Descriptor } from "./oci-manifest.ts";
import { loginAdvice } from "./registry-login.ts";
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
    await requireSuccess(response, `The chart oci://${repository.host}/${repository.path}`, loginAdvice(repository));
    const bytes = await readAnswer(response, ANSWER_LIMITS.registryDocument, context.signal);
    tags.push(...tagsIn(Buffer.from(bytes).toString("utf8"), url));
    url = nextPage(response.headers["link"], url);
  }
  return tags;
}

/** The candidate for a version whose tag is known or guessed; nothing is asked of the registry. */
function ociCandidate(url: string, tag: string): ChartCandidate {
  return { version: versionOfTag(tag), appVersion: null, digest: null, location: formatOciLocation(url, tag) };
}

/** The one version that a digest stands for, as the chart's configuration tells it. */
async function readDigestVersion(repository: OciRepository, digest: string, url: string, context: RunContext) {
  const { config, layer } = await findChart(repository, digest, context);
  const bytes = await downloadBlob(repository, config, ANSWER_LIMITS.registryDocument, `The chart ${url}`, context);
  try {
    const { version } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { version?: unknown };
    if (typeof version === "string" && semver.parse(version) !== null) {
      return { version, appVersion: null, digest: layer.digest, location: url };
    }
  } catch {
    // Said below, in our words.
  }
  throw new FlotillaError("chart-invalid", `The chart ${url} does not say which version it is.`);
}

/**
 * The versions of a chart in a registry: its tags, without those that are no full semantic version (`latest`, `1.31`,
 * signatures). An address with a digest stands for one version.
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `chart-invalid`, `interrupted`
 */
export async function listOciVersions(
  url: string,
  access: SourceAccess | null,
  context: RunContext,
): Promise<readonly ChartCandidate[]> {
  const repository = parseOciUrl(url, access);
  if (repository.digest !== null) {
    return [await readDigestVersion(repository, repository.digest, url, context)];
  }
  const tags = await listTags(repository, context);
  return tags.filter((tag) => semver.parse(versionOfTag(tag)) !== null).map((tag) => ociCandidate(url, tag));
}

/**
 * The candidate for a version, whether the registry has it or not: a locked version needs no list of tags. An address
 * with a digest needs no tag either.
 */
export function ociCandidateOfVersion(url: string, version: string): ChartCandidate {
  return url.includes("@")
    ? { version, appVersion: null, digest: null, location: url }
    : ociCandidate(url, tagOfVersion(version));
}

/** A blob with the digest that its descriptor names: hashed as it comes in, and given up when it is longer than said. */
async function downloadBlob(
  repository: OciRepository,
  { digest, size }: Pick<Descriptor, "digest" | "size">,
  limit: number,
  what: string,
  context: RunContext,
): Promise<Uint8Array> {
  if (size > limit) {
    throw new FlotillaError("chart-invalid", `${what} is larger than ${limit / 2 ** 20} MiB.`);
  }
  const url = `${repository.origin}/v2/${repository.path}/blobs/${digest}`;
  const response = await registryRequest(repository, url, [], context);
  await requireSuccess(response, what, loginAdvice(repository));
  const bytes = await readAnswer(response, size, context.signal);
  checkDigest(what, "its manifest", digest, digestOf(bytes));
  return bytes;
}

/** Says which versions there are when the one asked for is not there, if the registry tells. */
async function withVersions(
  error: FlotillaError,
  repository: OciRepository,
  { url, reference }: OciLocation,
  context: RunContext,
): Promise<unknown> {
  if (repository.digest !== null) {
    return error;
  }
  return listOciVersions(url, repository.access, context).then(
    (candidates) => missingVersion("The registry", url, versionOfTag(reference), candidates),
    () => error,
  );
}

/**
 * The bytes of a chart in a registry.
 * @param locked - what the archive's digest has to be; checked before the archive is downloaded. A tag that is
 *   gone is no obstacle then: the archive is asked for by its digest
 * @throws FlotillaError `chart-not-found`, `chart-invalid`, `digest-mismatch`, `source-unreachable`, `source-denied`, `interrupted`
 */
export async function downloadOciChart(
  location: string,
  locked: LockedDigest | null,
  access: SourceAccess | null,
  context: RunContext,
): Promise<Uint8Array> {
  const parts = parseOciLocation(location);
  const repository = parseOciUrl(parts.url, access);
  const what = `The archive of the chart ${location}`;
  try {
    const { layer } = await findChart(repository, parts.reference, context);
    checkLocked(`The chart ${location}`, locked, layer.digest);
    return await downloadBlob(repository, layer, ARCHIVE_LIMITS.archiveBytes, what, context);
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.code !== "chart-not-found") {
      throw error;
    }
    const byDigest = locked === null ? null : await tryBlob(repository, locked.digest, what, context);
    if (byDigest !== null) {
      return byDigest;
    }
    throw await withVersions(error, repository, parts, context);
  }
}

/** An archive by its digest alone; null when the registry does not have it (any more). */
async function tryBlob(
  repository: OciRepository,
  digest: string,
  what: string,
  context: RunContext,
): Promise<Uint8Array | null> {
  const limit = ARCHIVE_LIMITS.archiveBytes;
  try {
    return await downloadBlob(repository, { digest, size: limit }, limit, what, context);
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "chart-not-found") {
      return null;
    }
    throw error;
  }
}
