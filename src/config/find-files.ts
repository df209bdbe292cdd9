import { join, parse } from "node:path";
import type { FolderEntry } from "./stack-input.ts";

/** Lists a folder by its absolute path; null when there is no such folder. */
export type ListFolder = (path: string) => Promise<readonly FolderEntry[] | null>;

/** What a pattern stands for: files by absolute path, or why that cannot be said. */
export type FoundFiles =
  | { readonly files: readonly string[] }
  | { readonly fault: string; readonly hint: string | null };

/** Folders and files that one pattern may reach: more is a mistake, such as `/**`. */
const MOST = 5_000;

/**
 * The files that a pattern names, sorted. `*` and `?` stand for any letters and for one letter of a name, `**` for any
 * number of folders; names that begin with a dot are found only by patterns that do so too, and `**` follows no links.
 *
 * @param folder absolute; where the pattern starts unless it is absolute itself
 * @throws what `list` throws
 */
export async function findFiles(pattern: string, folder: string, list: ListFolder): Promise<FoundFiles> {
  const { root } = parse(pattern);
  const parts = pattern.slice(root.length).split("/");
  const segments = parts.filter(
    (part, index) => part !== "" && part !== "." && !(part === "**" && parts[index - 1] === "**"),
  );
  const search = new Search(segments, list);
  await search.from(root === "" ? folder : root, 0);
  if (search.reached > MOST) {
    return { fault: `"${pattern}" reaches more than ${MOST} files and folders`, hint: "name the folder more closely" };
  }
  if (search.found.size > 0) return { files: [...search.found].toSorted() };
  const hint = search.endedAtFolder ? `write ${pattern.replace(/\/+$/, "")}/*.yaml for the files of a folder` : null;
  return { fault: `"${pattern}" matches no file`, hint };
}

class Search {
  readonly found = new Set<string>();
  /** True when the last name of the pattern is a folder's. */
  endedAtFolder = false;
  reached = 0;
  private readonly visited = new Set<string>();
  private readonly segments: readonly string[];
  private readonly list: ListFolder;

  constructor(segments: readonly string[], list: ListFolder) {
    this.segments = segments;
    this.list = list;
  }

  /** Looks in `folder` for what the pattern says from its segment `at` on. */
  async from(folder: string, at: number): Promise<void> {
    const segment = this.segments[at];
    const key = `${at}:${folder}`;
    if (segment === undefined || this.visited.has(key) || this.reached > MOST) return;
    this.visited.add(key);
    if (segment === "..") return await this.from(join(folder, ".."), at + 1);
    const entries = (await this.list(folder)) ?? [];
    this.reached += 1 + entries.length;
    if (segment === "**") return await this.below(folder, entries, at);
    const isLast = at === this.segments.length - 1;
    for (const entry of entries.filter(({ name }) => fits(segment, name))) {
      if (isFolder(entry) && isLast) this.endedAtFolder = true;
      else if (isFolder(entry)) await this.from(join(folder, entry.name), at + 1);
      else if (entry.type === "file" && isLast) this.found.add(join(folder, entry.name));
    }
  }

  private async below(folder: string, entries: readonly FolderEntry[], at: number): Promise<void> {
    const isLast = at === this.segments.length - 1;
    const visible = entries.filter(({ name }) => !name.startsWith("."));
    for (const { name, type } of visible) {
      if (type === "folder") await this.from(join(folder, name), at);
      else if (type === "file" && isLast) this.found.add(join(folder, name));
    }
    await this.from(folder, at + 1);
  }
}

function isFolder({ type }: FolderEntry): boolean {
  return type === "folder" || type === "linked-folder";
}

/** Whether a name fits a segment: steps back to the last `*` only, so that no pattern takes long. */
function fits(segment: string, name: string): boolean {
  if (name.startsWith(".") && !segment.startsWith(".")) return false;
  let at = 0;
  let star = -1;
  let afterStar = 0;
  for (let letter = 0; letter < name.length;) {
    if (segment[at] === "*") {
      star = at++;
      afterStar = letter;
    } else if (segment[at] === "?" || (at < segment.length && segment[at] === name[letter])) {
      at++;
      letter++;
    } else if (star >= 0) {
      at = star + 1;
      letter = ++afterStar;
    } else return false;
  }
  return /^\**$/.test(segment.slice(at));
}
