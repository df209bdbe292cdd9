/** What a search for one chart in the text of an index.yaml found. */
export type IndexSearch =
  /** The lines of the chart's list of versions, without the line of its name. */
  | { readonly kind: "found"; readonly block: string }
  /** The index lists other charts only. */
  | { readonly kind: "absent"; readonly names: readonly string[] }
  /** Not laid out as helm writes it (JSON, flow style, anchors …): it must be parsed as a whole. */
  | { readonly kind: "unusual" };

const UNUSUAL: IndexSearch = { kind: "unusual" };

/** `name:`, `"name":` or `'name':`, with nothing but a comment or an empty list after it. */
const CHART_LINE = /^(?:"([^"\\]+)"|'([^']+)'|([A-Za-z0-9][^:\s"']*))[ \t]*:[ \t]*(?:\[\][ \t]*)?(?:#.*)?$/;

/** Number of leading spaces; -1 for lines that say nothing (blank, or only a comment), -2 for indentation by tabs. */
function indentation(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && text[position] === " ") {
    position += 1;
  }
  const first = position < end ? text[position] : "\n";
  if (first === "\t") {
    return -2;
  }
  return first === "\n" || first === "\r" || first === "#" ? -1 : position - start;
}

/**
 * Finds the versions of one chart in an index.yaml without parsing the rest: as YAML nodes, an index of 20 MB would take
 * gigabytes. It relies on block style only: `entries:` at the left margin, the charts' names on one indentation below
 * it, everything that belongs to a chart deeper than its name (or a `-` right below it, as helm writes lists). Block
 * scalars and folded texts are deeper as well, so what stands in them can not be taken for a name.
 */
export function findChartInIndex(text: string, chart: string): IndexSearch {
  const header = /^entries:[ \t]*(?:#.*)?\r?$/m.exec(text);
  if (header === null) {
    return UNUSUAL;
  }
  const names: string[] = [];
  let depth: number | null = null;
  let blockStart: number | null = null;
  let start = header.index + header[0].length + 1;
  for (let end = start; start < text.length; start = end + 1) {
    const newline = text.indexOf("\n", start);
    end = newline === -1 ? text.length : newline;
    const indent = indentation(text, start, end);
    if (indent === -2) {
      return UNUSUAL;
    }
    depth ??= indent < 0 ? null : indent;
    if (
      indent < 0 ||
      depth === null ||
      indent > depth ||
      (indent === depth && depth > 0 && text[start + indent] === "-")
    ) {
      continue;
    }
    if (blockStart !== null) {
      return { kind: "found", block: text.slice(blockStart, start) };
    }
    if (indent === 0) {
      break;
    }
    const key = indent < depth ? null : CHART_LINE.exec(text.slice(start + indent, end).trimEnd());
    if (key === null) {
      return UNUSUAL;
    }
    const name = key[1] ?? key[2] ?? key[3] ?? "";
    names.push(name);
    blockStart = name === chart ? end + 1 : null;
  }
  return blockStart === null ? { kind: "absent", names } : { kind: "found", block: text.slice(blockStart) };
}
