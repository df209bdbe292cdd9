import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeObjectsChart } from "../support/objects-chart.ts";

/** A release of the objects chart, in a namespace that is called like it. */
export interface ObjectsRelease {
  readonly name: string;
  readonly objects: readonly object[];
  readonly wait?: object | false;
}

/** A folder with the objects chart in it, for stacks of it. */
export interface ObjectsFolder {
  /** Of the chart. */
  readonly chart: string;
  /** Writes a stack's file. @returns its path */
  write(stack: string, releases: readonly ObjectsRelease[]): Promise<string>;
  remove(): Promise<void>;
}

/** Makes one under the system's temporary folder. */
export async function objectsFolder(): Promise<ObjectsFolder> {
  const folder = await mkdtemp(join(tmpdir(), "flotilla-objects-"));
  const chart = await writeObjectsChart(folder);
  return {
    chart,
    write: async (stack, releases) => {
      const file = join(folder, `${stack}.yaml`);
      const entries = releases.map(({ name, objects, wait = {} }) => ({
        name,
        namespace: name,
        chart,
        values: [{ objects }],
        wait,
      }));
      const defaults = { parallel: 8 };
      // JSON: Helm, and so flotilla, takes a bare yes for true.
      await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack, releases: entries, defaults }));
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
