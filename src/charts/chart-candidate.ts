/** A version of a chart that a source offers. */
export interface ChartCandidate {
  readonly version: string;
  /** Null when the source does not say without the chart itself being fetched. */
  readonly appVersion: string | null;
  /** `sha256:…` of the archive as the source announces it; null when it does not. */
  readonly digest: string | null;
  /** Where the archive is: a URL, an absolute path, or `oci://host/path:tag`. Only `fetchChart` reads it. */
  readonly location: string;
}
