import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a chart that renders the objects that its value `objects` lists, as they are. @returns its folder */
export async function writeObjectsChart(folder: string): Promise<string> {
  const chart = join(folder, "objects");
  await mkdir(join(chart, "templates"), { recursive: true });
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: objects\nversion: 1.0.0\n");
  await writeFile(join(chart, "values.yaml"), "objects: []\n");
  await writeFile(
    join(chart, "templates", "objects.yaml"),
    "{{- range .Values.objects }}\n---\n{{ toYaml . }}\n{{- end }}\n",
  );
  return chart;
}

/** What a workload of one container differs in. */
export interface WorkloadChange {
  /** Marks of the sandbox (docs/sandbox.md): labels of the pod. */
  readonly marks?: Readonly<Record<string, string>>;
  readonly container?: object;
  readonly podSpec?: object;
  readonly spec?: object;
}

/** A Deployment of one pod with one container. */
export function deployment(
  name: string,
  { marks = {}, container = {}, podSpec = {}, spec = {} }: WorkloadChange = {},
): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, { marks, container, podSpec }),
      ...spec,
    },
  };
}

/** A Job of one pod with one container. */
export function job(name: string, annotations: Readonly<Record<string, string>>, change: WorkloadChange = {}): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, annotations },
    spec: {
      backoffLimit: 0,
      template: podTemplate(name, { ...change, podSpec: { restartPolicy: "Never", ...change.podSpec } }),
      ...change.spec,
    },
  };
}

function podTemplate(name: string, { marks = {}, container = {}, podSpec = {} }: WorkloadChange): object {
  const labels = Object.fromEntries(
    Object.entries(marks).map(([key, value]) => [`sandbox.flotilla.dev/${key}`, value]),
  );
  return {
    metadata: { labels: { app: name, ...labels } },
    spec: { containers: [{ name: "app", image: "registry.example/app:1", ...container }], ...podSpec },
  };
}
