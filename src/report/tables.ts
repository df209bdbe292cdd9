import type { Paint } from "./colors.ts";
import { padToWidth, textWidth } from "./text-width.ts";

/** How a table is laid out. */
export interface TableOptions {
  /** Titles above the columns; left out, the table has none. */
  readonly headers?: readonly string[];
  /** Style of the titles. */
  readonly headerPaint?: Paint;
  /** Spaces before every line; 2 when left out. */
  readonly indent?: number;
}

const GAP = "  ";

/**
 * Aligned columns, one string per line, no spaces at line ends. Cells may be coloured. Columns that are empty in every
 * row are left out, title included; without rows there are no lines at all.
 */
export function tableLines(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  if (rows.length === 0) return [];
  const headers = options.headers ?? [];
  const columnCount = Math.max(headers.length, ...rows.map((row) => row.length));
  const used = Array.from({ length: columnCount }, (_, column) => column).filter((column) =>
    rows.some((row) => (row[column] ?? "") !== ""),
  );
  const headerPaint: Paint = options.headerPaint ?? ((text) => text);
  const all = headers.length === 0 ? rows : [headers.map((header) => headerPaint(header)), ...rows];
  const widths = used.map((column) => Math.max(...all.map((row) => textWidth(row[column] ?? ""))));
  const indent = " ".repeat(options.indent ?? 2);
  return all.map((row) => joinCells(indent, used, widths, row));
}

function joinCells(indent: string, used: readonly number[], widths: readonly number[], row: readonly string[]): string {
  const last = used.findLast((column) => (row[column] ?? "") !== "");
  const cells: string[] = [];
  for (const [index, column] of used.entries()) {
    const cell = row[column] ?? "";
    if (column === last) return indent + [...cells, cell].join(GAP);
    cells.push(padToWidth(cell, widths[index] ?? 0));
  }
  return "";
}
