import type { JsonObject } from "../model/json.ts";
import type { Helm } from "./helm.ts";
import { runHelm } from "./run-helm.ts";

/** A chart to be rendered as Helm would for a cluster. */
export interface RenderRequest {
  /** Name of the release. */
  readonly name: string;
  readonly namespace: string;
  /** Path of a chart's folder or archive. */
  readonly chart: string;
  readonly values: JsonObject;
  /** The cluster's version, such as `v1.36.3`. */
  readonly kubeVersion: string;
  /** APIs beyond Kubernetes' own: `group/version` or `group/version/Kind`. */
  readonly apiVersions: readonly string[];
  /** What `.Release.IsUpgrade` says. */
  readonly isUpgrade: boolean;
}

/**
 * Renders a chart (`helm template`), hooks and tests included, files in the chart's `crds` folder not. Needs no cluster;
 * `lookup` finds nothing, and what is random comes out differently each time.
 * @throws FlotillaError `helm-failed` (a HelmError), `interrupted`
 */
export function renderChart(helm: Pick<Helm, "path">, request: RenderRequest, signal: AbortSignal): Promise<string> {
  const { name, namespace, chart, values, kubeVersion, apiVersions, isUpgrade } = request;
  return runHelm(
    helm,
    {
      work: { verb: "template", name, namespace },
      args: [
        "template",
        name,
        chart,
        "--values=-",
        `--kube-version=${kubeVersion}`,
        ...apiVersions.map((api) => `--api-versions=${api}`),
        ...(isUpgrade ? ["--is-upgrade"] : []),
      ],
      target: null,
      input: JSON.stringify(values),
    },
    signal,
  );
}
