import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchChart } from "../../src/charts/fetch-chart.ts";
import { listChartVersions } from "../../src/charts/list-versions.ts";
import { openHelm } from "../../src/helm/helm.ts";
import { renderChart } from "../../src/helm/render-chart.ts";
import { apisOfCrds } from "../../src/manifest/crd-apis.ts";
import { keepsOnUninstall } from "../../src/manifest/resource-policy.ts";
import { parseManifest, parseWholeManifest } from "../../src/manifest/parse-manifest.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { istioCharts } from "../../src/sandbox/istio-charts.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";

const context = { signal: new AbortController().signal, emit: () => {} };
const stateBefore = process.env["FLOTILLA_STATE_DIR"];
let folder = "";
let source = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-manifests-"));
  process.env["FLOTILLA_STATE_DIR"] = folder;
  ({ source } = await istioCharts(context));
});

afterAll(async () => {
  if (stateBefore === undefined) delete process.env["FLOTILLA_STATE_DIR"];
  else process.env["FLOTILLA_STATE_DIR"] = stateBefore;
  await rm(folder, { recursive: true, force: true });
});

/** One of Istio's charts as a helm renders it. */
async function render(tool: "helm3" | "helm4", chart: string): Promise<string> {
  const helm = await openHelm((await ensureTools([tool], context))[tool], context.signal);
  const reference = { type: "repository", url: source, name: chart } as const;
  const [candidate = null] = await listChartVersions(reference, context);
  const { path } = await fetchChart(reference, candidate, null, context);
  const request = { name: chart, namespace: "istio-system", chart: path, values: {} };
  return renderChart(helm, { ...request, kubeVersion: "v1.36.0", apiVersions: [], isUpgrade: false }, context.signal);
}

/** The object with empty schemas in place of those that were read. */
function withEmptySchemas(object: KubeObject): KubeObject {
  const text = JSON.stringify(object, (key, value: unknown) => (key === "openAPIV3Schema" ? {} : value));
  return JSON.parse(text) as KubeObject;
}

describe.each(["helm4", "helm3"] as const)("Istio's charts by %s", (tool) => {
  test.each(["base", "istiod", "gateway"])("%s is read the short way as the long way", async (chart) => {
    const manifest = await render(tool, chart);
    const whole = parseWholeManifest(manifest);
    expect(whole.length).toBeGreaterThan(3);
    expect(parseManifest(manifest)).toEqual(whole.map(withEmptySchemas));
  });

  test("base brings the APIs that gateways and routes need, and keeps its CRDs", async () => {
    const objects = parseManifest(await render(tool, "base"));
    const crds = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
    expect(crds.length).toBeGreaterThan(10);
    expect(crds.filter((crd) => !keepsOnUninstall(crd))).toEqual([]);
    expect(apisOfCrds(objects)).toEqual(
      expect.arrayContaining(["networking.istio.io/v1", "networking.istio.io/v1/Gateway", "security.istio.io/v1"]),
    );
  });
});
