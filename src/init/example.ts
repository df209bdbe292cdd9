import type { PortChoice } from "./choices.ts";

/** Stands for the chart that flotilla brings: a DICOM archive. */
export interface ExampleChart {
  readonly example: "dicom";
}

/** The word for it. */
export const EXAMPLE_NAME = "dicom";

/** Where the example's chart goes, beside the stack file. */
export const EXAMPLE_FOLDER = "./charts/dicom";

/** The port that its part in the gateway listens on (charts/dicom/charts/routing/values.yaml, `dicom.port`). */
export const EXAMPLE_PORT: PortChoice = { name: "dicom-tls", port: 11112 };

/** True for the example's chart. */
export function isExample(chart: object | string): chart is ExampleChart {
  return typeof chart === "object" && "example" in chart;
}
