import { posix } from "node:path";

/** What of a tar header decides whether its entry is safe. */
export interface ArchiveEntry {
  readonly path: string;
  /** As tar-stream names it: `file`, `directory`, `symlink`, `link` … */
  readonly type: string;
  /** Target of a link. */
  readonly linkTarget: string | null;
}

/** An entry's path without leading `./` and with `/` between its parts; helm reads `\` as a separator as well. */
export function normalizedEntryPath(path: string): string {
  const slashed = path.replaceAll("\\", "/");
  return posix.normalize(slashed).replace(/\/$/, "");
}

/** The first part of a normalized entry path. */
export function topFolder(path: string): string {
  return path.split("/", 1)[0] ?? path;
}

function pathFault(path: string): string | null {
  const slashed = path.replaceAll("\\", "/");
  if (slashed === "" || slashed.includes("\0")) {
    return "has an entry without a usable name";
  }
  if (slashed.startsWith("/") || /^[A-Za-z]:/.test(slashed)) {
    return `has an absolute path (${path})`;
  }
  if (slashed.split("/").includes("..")) {
    return `has a path that leads out of it (${path})`;
  }
  return null;
}

function linkFault(entry: ArchiveEntry): string | null {
  const path = normalizedEntryPath(entry.path);
  const target = (entry.linkTarget ?? "").replaceAll("\\", "/");
  // A hard link names its target from the archive's root, a symbolic one from its own folder.
  const resolved = posix.normalize(entry.type === "link" ? target : posix.join(posix.dirname(path), target));
  const absolute = target === "" || target.startsWith("/") || /^[A-Za-z]:/.test(target);
  if (absolute || resolved.startsWith("..") || topFolder(resolved) !== topFolder(path)) {
    return `has a link that leads out of the chart (${entry.path} → ${entry.linkTarget ?? ""})`;
  }
  return null;
}

/** What is unsafe about an entry of a chart archive, as the rest of a sentence about the archive; null when nothing is. */
export function entryFault(entry: ArchiveEntry): string | null {
  const fault = pathFault(entry.path);
  if (fault !== null) {
    return fault;
  }
  switch (entry.type) {
    case "file":
    case "contiguous-file":
    case "directory":
      return null;
    case "symlink":
    case "link":
      return linkFault(entry);
    default:
      return `has an entry that is neither file nor folder (${entry.path})`;
  }
}
