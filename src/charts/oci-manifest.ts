import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { readAnswer, requireSuccess } from "./answer.ts";
import { checkDigest, digestOf, normalizeDigest } from "./digest.ts";
import { ANSWER_LIMITS } from "./limits.ts";
import type { OciRepository } from "./oci-address.ts";
import { loginAdvice } from "./registry-login.ts";
import { registryRequest } from "./registry-request.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const CHART_CONFIG = "application/vnd.cncf.helm.config.v1+json";
/** The second one is from Helm before 3.7. */
const CHART_LAYERS = ["application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip"];
/** An index with more manifests than that is not made by hand for charts. */
const MAX_MANIFESTS = 16;

/** A part of a chart in a registry (OCI image specification, "Descriptor"). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** What a chart in a registry consists of. */
export interface ChartParts {
  /** What its Chart.yaml says, as JSON. */
  readonly config: Descriptor;
  /** Its archive. */
  readonly layer: Descriptor;
}

function readDescriptors(list: unknown): Descriptor[] {
  if (!Array.isArray(list)) {
    return [];
  }
  return list.flatMap((item: unknown) => {
    const { mediaType, digest, size } = (typeof item === "object" && item !== null ? item : {}) as Record<
      string,
      unknown
    >;
    const normal = typeof digest === "string" ? normalizeDigest(digest) : null;
    return typeof mediaType === "string" && normal !== null && typeof size === "number"
      ? [{ mediaType, digest: normal, size }]
      : [];
  });
}

/** @param namedBy - who says what the digest has to be, when `reference` is one */
async function readManifest(
  repository: OciRepository,
  reference: string,
  namedBy: string,
  context: RunContext,
): Promise<Record<string, unknown>> {
  const url = `${repository.origin}/v2/${repository.path}/manifests/${reference}`;
  const response = await registryRequest(repository, url, [MANIFEST, INDEX], context);
  const separator = reference.startsWith("sha256:") ? "@" : ":";
  const what = `The manifest ${repository.host}/${repository.path}${separator}${reference}`;
  await requireSuccess(response, what, loginAdvice(repository));
  const bytes = await readAnswer(response, ANSWER_LIMITS.registryDocument, context.signal);
  checkDigest(what, namedBy, normalizeDigest(reference), digestOf(bytes));
  try {
    const manifest: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof manifest === "object" && manifest !== null) {
      return manifest as Record<string, unknown>;
    }
  } catch {
    // Said below, in our words.
  }
  throw new FlotillaError("source-unreachable", `${what} is not JSON: something other than a registry answers.`);
}

function chartParts(manifest: Record<string, unknown>): ChartParts | null {
  const config = readDescriptors([manifest["config"]])[0];
  const layers = readDescriptors(manifest["layers"]);
  const layer = layers.find(({ mediaType }) => CHART_LAYERS.includes(mediaType));
  return config?.mediaType === CHART_CONFIG && layer !== undefined ? { config, layer } : null;
}

/**
 * Finds the parts of a chart behind a tag or a digest, through an index where there is one.
 * @throws FlotillaError `chart-not-found` when there is none, `chart-invalid` when it is no chart, `digest-mismatch`, `source-unreachable`, `source-denied`, `interrupted`
 */
export async function findChart(
  repository: OciRepository,
  reference: string,
  context: RunContext,
): Promise<ChartParts> {
  const top = await readManifest(repository, reference, "the stack file", context);
  const found = chartParts(top);
  if (found !== null) {
    return found;
  }
  const inner = readDescriptors(top["manifests"]).filter(({ mediaType }) => mediaType === MANIFEST);
  for (const { digest } of inner.slice(0, MAX_MANIFESTS)) {
    const parts = chartParts(await readManifest(repository, digest, "the registry's own index", context));
    if (parts !== null) {
      return parts;
    }
  }
  const { host, path } = repository;
  throw new FlotillaError("chart-invalid", `oci://${host}/${path} at ${reference} is not a Helm chart.`, {
    hint: "It may be a container image: name the repository that the chart was pushed to with `helm push`.",
  });
}
