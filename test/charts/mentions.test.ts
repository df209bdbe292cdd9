import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chartMentions, mayRefuseValues } from "../../src/charts/mentions.ts";
import { packChart, writeChartFolder } from "../support/chart-archive.ts";
import { useTempCache } from "../support/temp-cache.ts";

const temp = useTempCache();

const GATEWAY = { "charts/part/templates/gateway.yaml": "kind: Gateway\n" };

test.each<[string, Record<string, string>, boolean]>([
  ["a template of a chart in it", GATEWAY, true],
  ["another kind alone", {}, false],
  ["what is no template", { "README.md": "kind: Gateway\n" }, false],
])("%s is found or not in a folder and in an archive", async (what, files, found) => {
  const chart = { name: "app", version: "1.0.0", files };
  const folder = join(temp.folder, what.replaceAll(" ", "-"));
  await writeChartFolder(folder, chart);
  expect(await chartMentions(folder, ["Gateway"])).toEqual([found]);
  await writeFile(`${folder}.tgz`, await packChart(chart));
  expect(await chartMentions(`${folder}.tgz`, ["Gateway"])).toEqual([found]);
});

test.each<[string, Record<string, string>, boolean]>([
  ["a schema", { "values.schema.json": "{}" }, true],
  ["a schema of a chart in it", { "charts/part/values.schema.json": "{}" }, true],
  ["a template that fails", { "templates/check.yaml": '{{- fail "the host is missing" }}' }, true],
  ["a template that asks", { "templates/check.yaml": 'host: {{ required "a host" .Values.host }}' }, true],
  ["a template that takes all", { "templates/check.yaml": "host: {{ .Values.host }} # required" }, false],
])("values may be refused, or not, by a chart with %s", async (what, files, refuses) => {
  const chart = { name: "app", version: "1.0.0", files };
  const folder = join(temp.folder, what.replaceAll(" ", "-"));
  await writeChartFolder(folder, chart);
  expect(await mayRefuseValues(folder)).toBe(refuses);
  await writeFile(`${folder}.tgz`, await packChart(chart));
  expect(await mayRefuseValues(`${folder}.tgz`)).toBe(refuses);
});

test("what lies packed in a chart may hold anything", async () => {
  const folder = join(temp.folder, "outer");
  await writeChartFolder(folder, { name: "outer", version: "1.0.0" });
  await mkdir(join(folder, "charts"));
  await writeFile(join(folder, "charts", "in.tgz"), await packChart({ name: "in", version: "1.0.0" }));
  expect(await chartMentions(folder, ["Gateway", /lookup/])).toEqual([true, true]);
  expect(await mayRefuseValues(folder)).toBe(true);
});

test("each text is looked for in all templates", async () => {
  const files = { "templates/one.yaml": "kind: Gateway\n", "templates/two.yaml": "now: {{ now }}\n" };
  const folder = join(temp.folder, "several");
  await writeChartFolder(folder, { name: "app", version: "1.0.0", files });
  expect(await chartMentions(folder, [/\bnow\b/, "Service", "Gateway"])).toEqual([true, false, true]);
});
