import { createPalette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { releaseLevels, type GraphRelease } from "./release-levels.ts";
import { tableLines } from "./tables.ts";

/** A form in which `graph` draws. */
export type GraphFormat = "text" | "mermaid" | "dot";

/** A stack as far as its drawing needs it. */
export interface GraphStack {
  readonly name: string;
  readonly releases: readonly GraphRelease[];
}

/** Draws the releases and their needs; edges point from what is needed to what needs it. Ends with a line break. */
export function graphText(stack: GraphStack, format: GraphFormat, options: { readonly color: boolean }): string {
  switch (format) {
    case "text":
      return `${levelLines(stack, options.color).join("\n")}\n`;
    case "mermaid":
      return `${mermaidLines(stack).join("\n")}\n`;
    case "dot":
      return `${dotLines(stack).join("\n")}\n`;
  }
}

function levelLines(stack: GraphStack, color: boolean): string[] {
  const palette = createPalette(color);
  const rows = releaseLevels(stack.releases).flatMap((level, index) =>
    level.map((release, position) => [
      position === 0 ? palette.cyan(`${index + 1}`) : "",
      plainLine(release.name),
      release.needs.length === 0 ? "" : palette.dim(`← ${release.needs.map(plainLine).join(", ")}`),
    ]),
  );
  return [palette.bold(plainLine(stack.name)), ...tableLines(rows)];
}

function mermaidLines(stack: GraphStack): string[] {
  const ids = new Map(stack.releases.map((release, index) => [release.name, `r${index}`]));
  const nodes = stack.releases.map((release) => `  ${ids.get(release.name)}["${mermaidEscaped(release.name)}"]`);
  const edges = edgesOf(stack).map(([needed, needing]) => `  ${ids.get(needed)} --> ${ids.get(needing)}`);
  return ["flowchart TD", ...nodes, ...edges];
}

/** Mermaid's entity codes: quotes would end the label, `#` begins a code, the others are read as HTML or Markdown. */
function mermaidEscaped(text: string): string {
  return plainLine(text).replace(/["#&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`);
}

function dotLines(stack: GraphStack): string[] {
  const nodes = stack.releases.map((release) => `  ${dotQuoted(release.name)};`);
  const edges = edgesOf(stack).map(([needed, needing]) => `  ${dotQuoted(needed)} -> ${dotQuoted(needing)};`);
  return [`digraph ${dotQuoted(stack.name)} {`, "  node [shape=box];", ...nodes, ...edges, "}"];
}

function dotQuoted(text: string): string {
  return `"${plainLine(text).replace(/["\\]/g, "\\$&")}"`;
}

function edgesOf(stack: GraphStack): (readonly [needed: string, needing: string])[] {
  const names = new Set(stack.releases.map((release) => release.name));
  return stack.releases.flatMap((release) =>
    release.needs.filter((need) => names.has(need)).map((need) => [need, release.name] as const),
  );
}
