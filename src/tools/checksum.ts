import type { ReleaseFile } from "./versions.ts";

/** A SHA-256 in hexadecimal. */
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Reads a file's SHA-256 out of what its project publishes.
 * @param published what the checksum's address answered
 * @param fileName the name under which the file was released
 * @returns 64 lower-case hexadecimal digits; null when nothing valid is said about the file
 */
export function publishedDigest(
  published: string,
  form: ReleaseFile["checksum"]["form"],
  fileName: string,
): string | null {
  const digest = form === "text" ? digestInText(published, fileName) : digestInRelease(published, fileName);
  return digest !== null && DIGEST.test(digest) ? digest : null;
}

/** The digest alone, or lines of digest and file name; sha256sum marks binary mode by an asterisk. */
function digestInText(text: string, fileName: string): string | null {
  const lines = text.split("\n").flatMap((line) => {
    const [digest, name] = line.trim().split(/\s+/);
    return digest ? [{ digest: digest.toLowerCase(), name: name?.replace(/^\*?(\.\/)?/, "") ?? null }] : [];
  });
  const [first] = lines;
  if (lines.length === 1 && first?.name === null) return first.digest;
  return lines.find((line) => line.name === fileName)?.digest ?? null;
}

/** https://docs.github.com/en/rest/releases/releases#get-a-release-by-tag-name */
function digestInRelease(json: string, fileName: string): string | null {
  let release: { assets?: readonly { name?: unknown; digest?: unknown }[] } | null;
  try {
    release = JSON.parse(json);
  } catch {
    return null;
  }
  const asset = release?.assets?.find?.(({ name }) => name === fileName);
  return typeof asset?.digest === "string" ? asset.digest.replace(/^sha256:/, "") : null;
}
