import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { type ProcessResult, runProcess } from "../../src/runtime/process.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";

/** The Helm majors that charts are rendered with. */
export const HELMS = ["helm3", "helm4"] as const;
export type Helm = (typeof HELMS)[number];

/** The folder of one of our charts. */
export function chartFolder(name: string): string {
  return join(packageRoot(), "charts", name);
}

/** Runs a pinned helm that knows no cluster and no settings of the machine. */
export async function runHelm(helm: Helm, args: readonly string[]): Promise<ProcessResult> {
  const tools = await ensureTools(HELMS, { signal: new AbortController().signal, emit: () => {} });
  const home = await mkdtemp(join(tmpdir(), "flotilla-render-"));
  try {
    return await runProcess(tools[helm], args, {
      env: {
        HOME: home,
        HELM_CACHE_HOME: home,
        HELM_CONFIG_HOME: home,
        HELM_DATA_HOME: home,
        KUBECONFIG: join(home, "none"),
      },
    });
  } finally {
    await rm(home, { recursive: true });
  }
}

/** Under which name and where a chart is rendered; `dicom` in `pacs` unless told otherwise. */
export interface Place {
  readonly name: string;
  readonly namespace: string;
}

const PACS: Place = { name: "dicom", namespace: "pacs" };

/** What `helm template` says to a chart with these values. */
export async function templateChart(
  helm: Helm,
  chart: string,
  values: JsonObject,
  { name, namespace }: Place = PACS,
): Promise<ProcessResult> {
  const folder = await mkdtemp(join(tmpdir(), "flotilla-values-"));
  try {
    const file = join(folder, "values.json");
    await writeFile(file, JSON.stringify(values));
    // The one that Helm assumes by itself depends on how it was built.
    const cluster = ["--kube-version", "v1.36.3"];
    return await runHelm(helm, ["template", name, chart, ...cluster, "--namespace", namespace, "--values", file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The objects of a chart with these values; fails the test when helm refuses them. */
export async function renderChart(
  helm: Helm,
  chart: string,
  values: JsonObject = {},
  place?: Place,
): Promise<KubeObject[]> {
  const { exitCode, stdout, stderr } = await templateChart(helm, chart, values, place);
  if (exitCode !== 0) throw new Error(`${helm} template ended with ${exitCode}: ${stderr}`);
  return parseAllDocuments(stdout, { uniqueKeys: true }).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${helm} rendered broken YAML: ${document.errors.join("; ")}`);
    // The API server's own checks come later; here an object is what has a kind.
    const object = document.toJS() as KubeObject | null;
    return object === null ? [] : [object];
  });
}

/** The object `Kind/name`; fails the test when it is missing. */
export function find(objects: readonly KubeObject[], name: string): KubeObject {
  const found = objects.find((object) => `${object.kind}/${object.metadata.name}` === name);
  if (found === undefined) throw new Error(`${name} is not among ${names(objects).join(", ")}`);
  return found;
}

/** `Kind/name` of each object, sorted. */
export function names(objects: readonly KubeObject[]): string[] {
  return objects.map((object) => `${object.kind}/${object.metadata.name}`).sort();
}
