/** Where Istio publishes its charts since 1.31 (istio.io blog, "retirement of GCP"); it holds all versions. */
export const ISTIO_CHARTS = "https://blob.istio.io/istio-release/charts";

/** The same charts in an OCI registry. */
const ISTIO_OCI_CHARTS = "oci://ghcr.io/istio/release/charts";

/** Where Istio publishes its images. Charts up to 1.30 still name the retired registry by default. */
export const ISTIO_HUB = "docker.io/istio";

/** Places that Istio removes in December 2026 (same post); their last minor is 1.30. */
const RETIRED: readonly string[] = [
  "istio-release.storage.googleapis.com",
  "gcr.io/istio-release",
  "registry.istio.io",
];

/** True for the two places above, with or without a slash at the end. */
export function isOfficialSource(source: string): boolean {
  const plain = source.replace(/\/+$/, "");
  return plain === ISTIO_CHARTS || plain === ISTIO_OCI_CHARTS;
}

/** The retired place that a chart source or image hub lies in; null when it lies elsewhere. */
export function retiredPlace(location: string): string | null {
  const plain = location.replace(/^[a-z]+:\/\//, "");
  return RETIRED.find((place) => plain === place || plain.startsWith(`${place}/`)) ?? null;
}
