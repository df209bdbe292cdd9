/** Starts a YAML document; always in the first column, whatever the text around it. */
const DOCUMENT_START = /^---(?:\s|$)/;

const CRD_KIND = /^kind:\s*["']?CustomResourceDefinition["']?\s*(?:#.*)?$/;

/** A schema in block style; one in flow style stays where it is. */
const SCHEMA_KEY = /^\s+openAPIV3Schema:\s*(?:#.*)?$/;

/**
 * The same manifest with an empty `openAPIV3Schema` in every CustomResourceDefinition. Those schemas are nine tenths of
 * what there is to read in Istio's base chart, and nothing but a full comparison needs them.
 */
export function withoutCrdSchemas(manifest: string): string {
  const kept: string[] = [];
  let document: string[] = [];
  for (const line of manifest.split("\n")) {
    if (DOCUMENT_START.test(line)) {
      appendDocument(kept, document);
      document = [];
    }
    document.push(line);
  }
  appendDocument(kept, document);
  return kept.join("\n");
}

function appendDocument(kept: string[], document: readonly string[]): void {
  if (!document.some((line) => CRD_KIND.test(line))) {
    for (const line of document) kept.push(line);
    return;
  }
  /** Indentation of the `openAPIV3Schema` whose lines are being left out; null outside of any. */
  let schemaIndentation: number | null = null;
  for (const line of document) {
    const text = line.trimStart();
    const indentation = line.length - text.length;
    if (schemaIndentation !== null) {
      const inside = text === "" || text.startsWith("#") || indentation > schemaIndentation;
      if (inside) continue;
      schemaIndentation = null;
    }
    if (SCHEMA_KEY.test(line)) {
      schemaIndentation = indentation;
      kept.push(`${line.slice(0, indentation)}openAPIV3Schema: {}`);
    } else {
      kept.push(line);
    }
  }
}
