import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchChart } from "../../src/charts/fetch-chart.ts";
import type { LocalChart } from "../../src/model/lock.ts";
import { recordingContext } from "../support/temp-cache.ts";
import { HELMS, names, renderChart, runHelm } from "./render-chart.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-manifests-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Wraps these files, given by name and text, as the release `gateway-api-crds`. */
async function wrap(files: Readonly<Record<string, string>>): Promise<LocalChart> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const paths = Object.keys(files).map((name) => join(folder, name));
  return fetchChart({ type: "manifests", name: "gateway-api-crds", files: paths }, null, null, recordingContext());
}

const CONFIG = `apiVersion: v1
kind: ConfigMap
metadata: { name: templates }
data:
  query: "rate({{ $labels.pod }}[5m]) > {{ .Values.none }}"
  text: |
    {{- if never closed
`;
const CRD = `{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
"spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
"versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}`;

describe.each(HELMS)("%s takes a wrapped release", (helm) => {
  test("and emits every manifest as it is, braces included", async () => {
    const { path } = await wrap({ "10 config.yaml": CONFIG, "crd.json": CRD, "empty.yaml": "# nothing yet\n" });
    const objects = await renderChart(helm, path);
    expect(names(objects)).toEqual(["ConfigMap/templates", "CustomResourceDefinition/things.example.com"]);
    expect(objects.find(({ kind }) => kind === "ConfigMap")).toMatchObject({
      data: {
        query: "rate({{ $labels.pod }}[5m]) > {{ .Values.none }}",
        text: "{{- if never closed\n",
      },
    });
  });

  test("and calls the chart by the release's name", async () => {
    const { path, version } = await wrap({ "config.yaml": CONFIG });
    const { stdout } = await runHelm(helm, ["show", "chart", path]);
    expect(stdout).toContain("name: gateway-api-crds\n");
    expect(stdout).toContain(`version: ${version}\n`);
    expect((await runHelm(helm, ["lint", path])).exitCode).toBe(0);
  });

  test("with a file that is larger than helm takes one, cut between its documents", async () => {
    const line = "x".repeat(99);
    const large = Array.from(
      { length: 60 },
      (_, index) =>
        `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: large-${index} }\ndata:\n  text: |\n${`    ${line}\n`.repeat(1000)}`,
    ).join("");
    expect(Buffer.byteLength(large)).toBeGreaterThan(5 * 2 ** 20);
    expect(await renderChart(helm, (await wrap({ "large.yaml": large })).path)).toHaveLength(60);
  });
});
