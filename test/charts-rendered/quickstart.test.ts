import { join } from "node:path";
import { expect, test } from "vitest";
import type { Release } from "../../src/model/stack.ts";
import { loadStack } from "../../src/operations/load-stack.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { find, HELMS, names, renderChart } from "./render-chart.ts";

const context = { signal: new AbortController().signal, emit: () => {} };

/** The releases of `examples/quickstart` by name. */
async function quickstart(): Promise<ReadonlyMap<string, Release>> {
  const file = join(packageRoot(), "examples", "quickstart", "flotilla.yaml");
  const { releases } = await loadStack({ file, sandbox: true }, context);
  return new Map(releases.map((release) => [release.name, release]));
}

test("the quickstart is Istio with two gateways, and the app after both", async () => {
  const releases = await quickstart();
  const needs = Object.fromEntries([...releases].map(([name, release]) => [name, [...release.needs].sort()]));
  expect(needs).toEqual({
    "istio-base": [],
    istiod: ["istio-base"],
    "istio-ingressgateway": ["istiod"],
    "istio-egressgateway": ["istiod"],
    dicom: ["istio-egressgateway", "istio-ingressgateway"],
  });
});

test.each(HELMS)("the quickstart's gateway has the ports and the place that its chart relies on (%s)", async (helm) => {
  const releases = await quickstart();
  const dicom = releases.get("dicom");
  const gateway = releases.get("istio-ingressgateway");
  expect(dicom?.chart.type).toBe("folder");
  const path = dicom?.chart.type === "folder" ? dicom.chart.path : "";
  const objects = await renderChart(helm, path, dicom?.values);

  const ports = { ports: expect.arrayContaining([expect.objectContaining({ port: 11112 })]) };
  expect(gateway?.values["service"]).toMatchObject(ports);
  expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{}, { port: { number: 11112 } }] } });
  expect(find(objects, "Secret/pacs-dicom-tls").metadata.namespace).toBe(gateway?.namespace);
  expect(names(objects)).not.toContain("PersistentVolumeClaim/dicom-postgres");
});
