/** Starts a YAML document; in the first column, whatever the text around it. */
const DOCUMENT_START = /^---(?=\s|$).*$/m;

/**
 * The YAML documents of a manifest as texts, comments at their beginning left out: two of the same text hold the same
 * object, and need not be parsed to know it.
 */
function manifestDocuments(manifest: string): readonly string[] {
  return manifest
    .split(DOCUMENT_START)
    .map((document) => document.replace(/^(?:\s*#[^\n]*\n|\s*\n)+/, "").trimEnd())
    .filter((document) => document !== "");
}

/** The documents that are in only one of two manifests, joined to a manifest each. */
export function differingDocuments(one: string, other: string): readonly [one: string, other: string] {
  const [left, right] = [manifestDocuments(one), manifestDocuments(other)];
  return [joined(left, new Set(right)), joined(right, new Set(left))];
}

function joined(documents: readonly string[], known: ReadonlySet<string>): string {
  return documents
    .filter((document) => !known.has(document))
    .map((document) => `---\n${document}\n`)
    .join("");
}
