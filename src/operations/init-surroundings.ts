import { basename, join, resolve } from "node:path";
import type { Surroundings } from "../init/answers.ts";
import { EXAMPLE_FOLDER, EXAMPLE_NAME } from "../init/example.ts";
import { pathExists } from "../runtime/files.ts";
import { listFolder } from "../runtime/list-folder.ts";
import { isExampleChart } from "./copy-example.ts";

/** Folders that charts are mostly kept in, beside the folder itself. */
const PLACES = ["chart", "charts", "helm", "deploy"];

/** What a new stack file could speak of: charts nearby, and the kubeconfig's contexts where somebody may choose one. */
export async function readSurroundings(
  folder: string,
  kubeconfig: string | null,
  interactive: boolean,
): Promise<Surroundings> {
  return {
    folder: basename(resolve(folder)),
    charts: await chartsBelow(folder),
    contexts: interactive ? await contexts(kubeconfig) : [],
  };
}

/** Loading the kubeconfig's reader takes its time: only for those who are asked. */
async function contexts(kubeconfig: string | null): Promise<readonly string[]> {
  const { listContexts } = await import("../kube/list-contexts.ts");
  return await listContexts(kubeconfig);
}

/** Charts in the folder itself, in the usual places and right below these; charts within charts are not looked for. */
async function chartsBelow(folder: string): Promise<readonly string[]> {
  if (await isChart(folder)) return ["."];
  const found = await Promise.all(
    PLACES.map(async (place) => {
      if (await isChart(join(folder, place))) return [`./${place}`];
      const entries = (await listFolder(join(folder, place)).catch(() => null)) ?? [];
      const names = entries.flatMap(({ name, type }) => (type === "folder" ? [name] : [])).toSorted();
      const charts = await Promise.all(names.map((name) => isChart(join(folder, place, name))));
      return names.filter((_, index) => charts[index]).map((name) => `./${place}/${name}`);
    }),
  );
  const charts = found.flat();
  const isExample = charts.includes(EXAMPLE_FOLDER) && (await isExampleChart(join(folder, EXAMPLE_FOLDER)));
  return charts.map((place) => (isExample && place === EXAMPLE_FOLDER ? EXAMPLE_NAME : place));
}

/** True for a folder with a Chart.yaml. */
export function isChart(folder: string): Promise<boolean> {
  return pathExists(join(folder, "Chart.yaml"));
}
