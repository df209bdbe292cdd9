import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { CHART } from "./dicom-objects.ts";
import { HELMS, templateChart } from "./render-chart.ts";
import { WRONG } from "./wrong-values.ts";

describe.each(HELMS)("the values of the dicom chart, checked by %s", (helm) => {
  test.each(WRONG)("refuse %s, naming the value", async (_, values, part, path) => {
    const { exitCode, stderr } = await templateChart(helm, CHART, values);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`${part}:`);
    expect(stderr).toContain(path);
  });

  test.each<[string, JsonObject]>([
    ["global, which umbrella charts hand down", { imageRegistry: "mirror.example", other: { deep: true } }],
    ["global of charts that have a `dicom` there too", { dicom: { database: { name: "other" } } }],
  ])("allow %s", async (_, global) => {
    expect(await templateChart(helm, CHART, { global })).toMatchObject({ exitCode: 0 });
  });

  test.each<[string, JsonObject]>([
    ["public DICOM of clients with certificates", { exposure: "public", clientCertificates: { required: true } }],
    ["public DICOM when it is meant", { exposure: "public", acknowledgeAnonymousClients: true }],
    ["DICOM hosts for clients that send SNI", { hosts: ["a.example"], clientsSendSni: true }],
  ])("allow %s", async (_, dicom) => {
    expect(await templateChart(helm, CHART, { routing: { dicom } })).toMatchObject({ exitCode: 0 });
  });
});
