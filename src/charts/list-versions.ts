import { isAbsolute } from "node:path";

import semver from "semver";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ChartReference } from "../model/stack.ts";
import type { ChartCandidate } from "./chart-candidate.ts";
import { missingVersion } from "./missing-chart.ts";
import { sourceName } from "./source-name.ts";

/**
 * The versions of a chart that its source offers, in the source's own order.
 * @param reference - of type repository or oci: folders and archives hold one version each
 * @throws FlotillaError `source-unreachable`, `source-denied`, `chart-not-found`, `chart-invalid`, `interrupted`
 */
export async function listChartVersions(
  reference: ChartReference,
  context: RunContext,
): Promise<readonly ChartCandidate[]> {
  // Loaded late: with a lock and a full cache no version is ever listed.
  if (reference.type === "oci") {
    const { listOciVersions } = await import("./oci.ts");
    return listOciVersions(reference.url, reference.access ?? null, context);
  }
  if (reference.type !== "repository") {
    throw new FlotillaError(
      "internal",
      `The chart ${sourceName(reference)} is asked for its versions, but has just one.`,
    );
  }
  if (isAbsolute(reference.url)) {
    const { listFolderVersions } = await import("./folder-repository.ts");
    return listFolderVersions(reference.url, reference.name, context);
  }
  const { listRepositoryVersions } = await import("./repository.ts");
  return listRepositoryVersions(reference.url, reference.name, reference.access ?? null, context);
}

function isVersion(candidate: ChartCandidate, version: string): boolean {
  return candidate.version === version || candidate.version === `v${version}` || `v${candidate.version}` === version;
}

/**
 * One exact version of a chart. For a registry, its tag follows from the version: nothing is asked, and a version that is
 * not there shows only when it is fetched.
 * @throws FlotillaError as {@link listChartVersions}, `chart-not-found` for a version that is not listed
 */
export async function findChartVersion(
  reference: ChartReference,
  version: string,
  context: RunContext,
): Promise<ChartCandidate> {
  if (reference.type === "oci") {
    const { ociCandidateOfVersion } = await import("./oci.ts");
    return ociCandidateOfVersion(reference.url, version);
  }
  const candidates = await listChartVersions(reference, context);
  const exact =
    candidates.find((candidate) => candidate.version === version) ??
    candidates.find((candidate) => isVersion(candidate, version));
  if (exact === undefined) {
    const name = reference.type === "repository" ? reference.name : sourceName(reference);
    throw missingVersion(
      sourceName(reference),
      name,
      version,
      candidates.filter(({ version: other }) => semver.valid(other) !== null),
    );
  }
  return exact;
}
