import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readArchiveBytes } from "./archive.ts";
import { eachEntry, readEntry } from "./archive-stream.ts";
import { listFolderFiles } from "./folder-files.ts";
import { ARCHIVE_LIMITS } from "./limits.ts";

/** Templates of a chart and of unpacked charts in it. */
const TEMPLATE = /(^|\/)templates\//;
/** A packed chart in a chart. */
const PACKED = /(^|\/)charts\/[^/]+\.tgz$/;

/** What helm checks values by before it renders (helm.sh/docs/topics/charts, schema files). */
const SCHEMA = /(^|\/)values\.schema\.json$/;
/** By which a template refuses them (helm.sh/docs/howto/charts_tips_and_tricks). */
const REFUSAL = /\{\{[^}]*\b(?:fail|required)\b/;

/**
 * Which of some texts (or patterns) a template of a chart holds, each by its place: a chart that cannot render a kind need not
 * be rendered to know. The chart is read once. One with packed charts in it counts as holding all of them.
 * @param path - of a chart's folder or archive
 */
export async function chartMentions(path: string, texts: readonly (string | RegExp)[]): Promise<readonly boolean[]> {
  const found = texts.map(() => false);
  /** @returns whether all is found */
  const visit: Visit = async (name, read) => {
    if (PACKED.test(name)) found.fill(true);
    else if (TEMPLATE.test(name)) {
      const content = await read();
      texts.forEach((text, index) => (found[index] ||= holds(content, text)));
    }
    return found.every(Boolean);
  };
  await visitFiles(path, visit);
  return found;
}

/** Whether a chart can refuse values, by a schema or in a template. One with packed charts in it counts as one that can. */
export async function mayRefuseValues(path: string): Promise<boolean> {
  let found = false;
  await visitFiles(path, async (name, read) => {
    found = PACKED.test(name) || SCHEMA.test(name) || (TEMPLATE.test(name) && holds(await read(), REFUSAL));
    return found;
  });
  return found;
}

/** Told of each file until it has seen enough. */
type Visit = (name: string, read: () => Promise<Buffer>) => Promise<boolean>;

async function visitFiles(path: string, visit: Visit): Promise<void> {
  await ((await stat(path)).isDirectory() ? visitFolder(path, visit) : visitArchive(path, visit));
}

async function visitFolder(folder: string, visit: Visit): Promise<void> {
  for (const { path } of await listFolderFiles(folder)) {
    if (await visit(path, () => readFile(join(folder, path)))) return;
  }
}

async function visitArchive(archive: string, visit: Visit): Promise<void> {
  await eachEntry(await readArchiveBytes(archive), archive, { bytes: 0, entries: 0 }, async (entry) => {
    const { name, type } = entry.header;
    if (type !== "file") return "go-on";
    return (await visit(name, () => readEntry(entry, archive, ARCHIVE_LIMITS.fileBytes))) ? "stop" : "go-on";
  });
}

function holds(content: Buffer, text: string | RegExp): boolean {
  return typeof text === "string" ? content.includes(text) : text.test(content.toString("utf8"));
}
