import type { ConfigProblem } from "../model/errors.ts";
import { findFiles, type FoundFiles } from "./find-files.ts";
import { itemsAt } from "./json-tree.ts";
import type { PlacedRelease, RuleInput } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";

/** The files of a release's `manifests`, and what is wrong with its entries. */
export interface ManifestFiles {
  /** Absolute, sorted, each once. */
  readonly files: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

/** Looks up a release's `manifests`. Every entry must name a file at least. */
export async function manifestFiles(
  { path: release }: PlacedRelease,
  { source, tree, folder }: Pick<RuleInput, "source" | "tree" | "folder">,
  { listFolder }: Pick<StackInput, "listFolder">,
): Promise<ManifestFiles> {
  const files = new Set<string>();
  const problems: ConfigProblem[] = [];
  for (const { value: pattern, path } of itemsAt(tree, [...release, "manifests"])) {
    // What is no pattern is told by the schema.
    if (typeof pattern !== "string" || pattern === "") continue;
    const found = await tryFind(pattern, folder, listFolder);
    if ("files" in found) for (const file of found.files) files.add(file);
    else problems.push(source.problem(path, "value", { message: found.fault, hint: found.hint }));
  }
  return { files: [...files].toSorted(), problems };
}

async function tryFind(pattern: string, folder: string, list: StackInput["listFolder"]): Promise<FoundFiles> {
  try {
    const found = await findFiles(pattern, folder, list);
    if (!("fault" in found) || found.hint !== null) return found;
    return {
      ...found,
      hint: "paths are relative to the stack file; * ? and ** stand for parts of names and for folders",
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `"${pattern}" cannot be looked up: ${reason}`, hint: null };
  }
}
