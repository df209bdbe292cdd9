import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubeJson } from "./cluster-api.ts";

/** Where a layout says under which name an image is pulled (containerd's annotation). */
const NAME = "io.containerd.image.name";

/**
 * Gives an image of an OCI layout another name, under which a registry that serves the layout has it from now on.
 * @returns takes the name away again
 */
export async function addImage(layout: string, image: { name: string; like: string }): Promise<() => Promise<void>> {
  const file = join(layout, "index.json");
  const before = await readFile(file, "utf8");
  const index = JSON.parse(before) as KubeJson;
  const found = index["manifests"].find(({ annotations }: KubeJson) => annotations[NAME] === image.like);
  if (found === undefined) throw new Error(`${file} has no image ${image.like}`);
  const added = { ...found, annotations: { ...found.annotations, [NAME]: image.name } };
  await replace(file, JSON.stringify({ ...index, manifests: [...index["manifests"], added] }));
  return () => replace(file, before);
}

async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
