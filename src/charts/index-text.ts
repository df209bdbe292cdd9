/** What a search for one chart in the text of an index.yaml found. */
export type IndexSearch =
  /** The lines of the chart's list of versions, without the line of its name. */
  | { readonly kind: "found"; readonly block: string }
  /** The index lists other charts only. */
  | { readonly kind: "absent"; readonly names: readonly string[] }
  /** Not laid out as helm writes it (JSON, flow style, anchors …): it must be parsed as a whole. */
  | { readonly kind: "unusual" };

/** `name:`, `"name":` or `'name':`, with nothing but a comment or an empty list after it. */
const CHART_LINE = /^(?:"([^"\\]+)"|'([^']+)'|([A-Za-z0-9][^:\s"']*))[ \t]*:[ \t]*(?:\[\][ \t]*)?(?:#.*)?$/;
const ENTRIES_LINE = /^entries:[ \t]*(?:#.*)?\r?$/;

/** Number of leading spaces; -1 for lines that say nothing (blank, or only a comment), -2 for indentation by tabs. */
function indentation(line: string): number {
  let position = 0;
  while (line[position] === " ") {
    position += 1;
  }
  const first = line[position];
  if (first === "\t") {
    return -2;
  }
  return first === undefined || first === "\r" || first === "#" ? -1 : position;
}

/**
 * Finds the versions of one chart in an index.yaml, line by line, without parsing the rest: as YAML nodes, an index of
 * 20 MB would take gigabytes. It relies on block style only: `entries:` at the left margin, the charts' names on one
 * indentation below it, everything that belongs to a chart deeper than its name (or a `-` right below it, as helm writes
 * lists). Block scalars and folded texts are deeper as well, so what stands in them can not be taken for a name.
 */
class ChartFinder {
  readonly #chart: string;
  readonly #names: string[] = [];
  #depth: number | null = null;
  #isBelowEntries = false;
  #block: string[] | null = null;

  constructor(chart: string) {
    this.#chart = chart;
  }

  /** Takes the next line, without its line feed; a result when the rest of the file is of no interest. */
  take(line: string): IndexSearch | null {
    if (!this.#isBelowEntries) {
      this.#isBelowEntries = ENTRIES_LINE.test(line);
      return null;
    }
    const indent = indentation(line);
    if (indent === -2) {
      return { kind: "unusual" };
    }
    this.#depth ??= indent < 0 ? null : indent;
    const depth = this.#depth;
    if (indent < 0 || depth === null || indent > depth || (indent === depth && depth > 0 && line[indent] === "-")) {
      this.#block?.push(line);
      return null;
    }
    if (this.#block !== null || indent === 0) {
      return this.end();
    }
    const key = indent < depth ? null : CHART_LINE.exec(line.slice(indent).trimEnd());
    if (key === null) {
      return { kind: "unusual" };
    }
    const name = key[1] ?? key[2] ?? key[3] ?? "";
    this.#names.push(name);
    this.#block = name === this.#chart ? [] : null;
    return null;
  }

  /** What was found when no line is left. */
  end(): IndexSearch {
    if (!this.#isBelowEntries) {
      return { kind: "unusual" };
    }
    return this.#block === null
      ? { kind: "absent", names: this.#names }
      : { kind: "found", block: `${this.#block.join("\n")}\n` };
  }
}

/**
 * Looks for one chart in the bytes of an index.yaml, and reads no further than needed.
 * @param chunks - UTF-8, cut anywhere
 */
export async function findChartInIndex(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chart: string,
): Promise<IndexSearch> {
  const finder = new ChartFinder(chart);
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const result = finder.take(text.slice(start, end));
      if (result !== null) {
        return result;
      }
      start = end + 1;
    }
    rest = text.slice(start);
  }
  rest += decoder.decode();
  return (rest === "" ? null : finder.take(rest)) ?? finder.end();
}
