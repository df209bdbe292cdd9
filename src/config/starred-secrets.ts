import { isSecretKey } from "../model/secret-keys.ts";

/** A key and what stands before its value. */
const KEY = /(?<![\w.-])(["']?)([\w.-]+)\1\s*:\s+/g;

/** A key whose value stands on the lines below: `key:` or `key: |`. */
const KEY_ABOVE = /(?<![\w.-])([\w.-]+)["']?\s*:\s*(?:[|>][-+0-9]*\s*)?(?:#.*)?$/;

/** A value in quotes; the closing one may be what is missing. */
const QUOTED = /"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?/y;

/** Nothing but references, which are what errors are often about, and the signs of YAML that hold no text. */
const NO_SECRET = /^["']?(?:\$\{[^}]*\})+["']?$|^[|>][-+0-9]*$|^[{[]/;

/**
 * A line of a YAML file in which values under keys that look secret, and passwords in URLs, are stars of the same
 * length. Told by the text alone, as the file may be one that cannot be read. References stay.
 */
export function starredSecrets(lines: readonly string[], index: number): string {
  const line = lines[index] ?? "";
  const starred = isBelowSecretKey(lines, index) ? line.replace(/\S/g, "*") : starredEntries(line);
  return starred.replace(/:\/\/[^/\s@]+@/g, (login) => `://${"*".repeat(login.length - 4)}@`);
}

function starredEntries(line: string): string {
  let shown = "";
  let done = 0;
  let depth = 0;
  for (const match of line.matchAll(KEY)) {
    const start = match.index + match[0].length;
    if (match.index < done) continue;
    depth += depthOf(line.slice(done, start));
    shown += line.slice(done, start);
    done = start;
    if (!isSecretKey(match[2] ?? "")) continue;
    const end = valueEnd(line, start, depth > 0);
    const value = line.slice(start, end);
    shown += NO_SECRET.test(value.trim()) ? value : "*".repeat(value.length);
    done = end;
  }
  return shown + line.slice(done);
}

/** Where a value ends: a plain one at the end of the line, within braces or brackets at the next comma or bracket. */
function valueEnd(line: string, start: number, inFlow: boolean): number {
  QUOTED.lastIndex = start;
  const quoted = QUOTED.exec(line);
  if (quoted) return start + quoted[0].length;
  if (!inFlow) return line.length;
  const length = line.slice(start).search(/[,}\]]/);
  return length < 0 ? line.length : start + line.slice(start, start + length).trimEnd().length;
}

function depthOf(text: string): number {
  return (text.match(/[{[]/g)?.length ?? 0) - (text.match(/[}\]]/g)?.length ?? 0);
}

/** Whether a line stands below a key that looks secret: further left, with nothing but this line's kind between. */
function isBelowSecretKey(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index] ?? "");
  for (let above = index - 1; above >= 0 && indent > 0; above -= 1) {
    const line = lines[above] ?? "";
    if (line.trim() === "" || indentOf(line) >= indent) continue;
    if (isSecretKey(KEY_ABOVE.exec(line)?.[1] ?? "")) return true;
    indent = indentOf(line);
  }
  return false;
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}
