/** Where helm says that the next object comes from, for one of a chart's `crds` folder. */
const FROM_FOLDER = /^# Source: \S+\/crds\/[^\n]*\n([\s\S]*?)(?=^---|$(?![\s\S]))/gm;

/**
 * Names of the CustomResourceDefinitions that a rendered manifest has from a chart's `crds` folder. Helm makes those that
 * are missing and never touches them again: they are nobody's.
 */
export function crdsOfFolder(manifest: string): ReadonlySet<string> {
  const documents = [...manifest.matchAll(FROM_FOLDER)].map(([, text = ""]) => text);
  return new Set(documents.flatMap((text) => /^ {2}"?name"?: "?([^\s"]+)/m.exec(text)?.[1] ?? []));
}
