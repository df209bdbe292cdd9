import type { JsonObject } from "../model/json.ts";
import type { Helm, HelmTarget } from "./helm.ts";
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
  /** The cluster that `lookup` looks into; left out, it finds nothing and no cluster is needed. */
  readonly target?: HelmTarget;
  /** Whether what is in the chart's `crds` folder comes along. */
  readonly withCrds?: boolean;
}

/**
 * Renders a chart (`helm template`), hooks and tests included. What is random comes out differently each time. With a
 * cluster, Helm 4 goes by what that serves, and not by `apiVersions`: it fails where a kind is still to come.
 * @throws FlotillaError `helm-failed` (a HelmError), `interrupted`
 */
export function renderChart(helm: Pick<Helm, "path">, request: RenderRequest, signal: AbortSignal): Promise<string> {
  const {
    name,
    namespace,
    chart,
    values,
    kubeVersion,
    apiVersions,
    isUpgrade,
    target = null,
    withCrds = false,
  } = request;
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
        ...(withCrds ? ["--include-crds"] : []),
        ...(target === null ? [] : ["--dry-run=server"]),
      ],
      target,
      input: JSON.stringify(values),
    },
    signal,
  );
}
