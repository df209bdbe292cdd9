import { basename, dirname } from "node:path";
import type { ConfigProblem } from "../model/errors.ts";
import { didYouMean } from "../model/near-name.ts";
import type { ChartReference } from "../model/stack.ts";
import type { PlacedRelease, RuleInput } from "./shaped-stack.ts";
import type { FolderEntry, StackInput } from "./stack-input.ts";

/** What a chart is read from, by the kind of its reference. */
const READ_FROM = { folder: "folder", archive: "file" } as const;

/** A chart that is a folder or an archive is there, in every release that the environment has. Whether it is sound shows when it is read. */
export async function missingChart(
  { entry, path }: PlacedRelease,
  chart: ChartReference,
  { stack, source, environment }: RuleInput,
  input: Pick<StackInput, "pathType" | "listFolder" | "displayPath">,
): Promise<ConfigProblem[]> {
  if (input.pathType === null || (chart.type !== "folder" && chart.type !== "archive")) return [];
  const written = String(entry.chart);
  const isLeftOut = stack.environments?.[environment.name]?.releases?.[entry.name]?.enabled === false;
  // A variable that is not set is told of elsewhere, or not at all.
  if (isLeftOut || /\$\{(?:env|secret):/.test(written)) return [];
  const wanted = READ_FROM[chart.type];
  const found = await input.pathType(chart.path);
  if (found === wanted) return [];
  const message =
    found === null
      ? `there is no ${chart.type} "${written}"`
      : `"${written}" is a ${found}, and no chart's ${chart.type}`;
  const near = found === null ? await nearPath(written, chart.path, wanted, input) : null;
  const hint = near ?? `looked for ${input.displayPath(chart.path)}; paths are relative to the stack file`;
  return [source.problem([...path, "chart"], "value", { message, hint })];
}

/** Something of the right kind beside it, with a name like that. */
async function nearPath(
  written: string,
  path: string,
  wanted: "folder" | "file",
  { listFolder }: Pick<StackInput, "listFolder">,
): Promise<string | null> {
  const beside = (await listFolder(dirname(path)).catch(() => null)) ?? [];
  const isWanted = ({ type }: FolderEntry): boolean => type === wanted || type === `linked-${wanted}`;
  const start = written.slice(0, written.replace(/\/+$/, "").lastIndexOf("/") + 1);
  const near = didYouMean(
    basename(path),
    beside.filter(isWanted).map(({ name }) => name),
  );
  return near?.replace('"', `"${start}`) ?? null;
}
