import { join } from "node:path";
import { writeChartFolder } from "./chart-archive.ts";

/** What an app's pods do in the sandbox. */
export interface AppBehaviour {
  /** How long a pod takes to be ready, such as `2s`; at once without it. */
  readonly readyAfter?: string;
  /** Further files of the chart, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Writes the chart `name` into a folder of that name: a ConfigMap and a Deployment, in which the value `text` shows. With the
 * value `fails` its pod never gets ready.
 */
export async function writeAppChart(
  folder: string,
  name: string,
  { readyAfter, files = {} }: AppBehaviour = {},
): Promise<void> {
  const slow = readyAfter === undefined ? "" : `, sandbox.flotilla.dev/ready-after: ${readyAfter}`;
  const app = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { text: "{{ .Values.text }}" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  selector: { matchLabels: { app: "{{ .Release.Name }}" } }
  template:
    metadata:
      labels: { app: "{{ .Release.Name }}"${slow} }
      annotations: { text: "{{ .Values.text }}"{{ if .Values.fails }}, sandbox.flotilla.dev/fails: never-ready{{ end }} }
    spec: { containers: [{ name: main, image: example.org/app:1 }] }
`;
  const all = { "templates/config.yaml": "", "templates/app.yaml": app, ...files };
  await writeChartFolder(join(folder, name), { name, version: "1.0.0", files: all });
}
