import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../src/runtime/directories.ts";
import { writeChartFolder } from "./chart-archive.ts";

/** A release of a chart with one template. */
export interface PlainRelease {
  readonly name: string;
  readonly namespace: string;
  readonly manifest: string;
}

/**
 * Writes a stack of small charts that do not need each other; all start at once.
 * @param timeout of each release, as a stack file says it
 * @returns path of the stack file
 */
export async function writePlainStack(
  folder: string,
  name: string,
  plain: readonly PlainRelease[],
  timeout: string,
  namespaces: Readonly<Record<string, object>> = {},
): Promise<string> {
  for (const release of plain) {
    const files = { "templates/config.yaml": "", "templates/objects.yaml": release.manifest };
    await writeChartFolder(join(folder, release.name), { name: release.name, version: "1.0.0", files });
  }
  const releases = plain.map((release) => ({
    name: release.name,
    namespace: release.namespace,
    chart: `./${release.name}`,
    wait: { timeout },
  }));
  const stack = { apiVersion: "flotilla/v1", stack: name, namespaces, releases, defaults: { parallel: 16 } };
  const file = join(folder, "flotilla.yaml");
  await writeFile(file, JSON.stringify(stack));
  return file;
}

/** An image with a shell that the cluster has anyhow: the PostgreSQL of our chart. */
export async function shellImage(): Promise<string> {
  const values = join(packageRoot(), "charts", "dicom", "charts", "postgres", "values.yaml");
  const { repository, tag } = parse(await readFile(values, "utf8")).image;
  return `${repository}:${tag}`;
}

/** A Deployment of one container that runs `sh`. @param container further keys of it @param pod further keys of its pod */
export function shellDeployment(image: string, script: string, container = "", pod = ""): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: ${image}
          command: [sh, -c, ${JSON.stringify(script)}]
${indent(container, 10)}${indent(pod, 6)}`;
}

const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, " ".repeat(by));

/** A script that goes on until it is stopped. */
export const SLEEP = "trap 'exit 0' TERM; sleep 3600 & wait";
