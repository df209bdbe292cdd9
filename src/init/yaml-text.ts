/** What YAML 1.1 or 1.2 would read as something else than text. */
const NO_TEXT = /^(true|false|yes|no|on|off|y|n|null|~|nan|inf)$/i;

/** Words, paths, URLs and ranges that need no quotes, neither on a line of their own nor within `{ … }`. */
const PLAIN = /^(?:[A-Za-z_./]|[~^](?=\d))[\w./~^@+-]*(?::\/\/[\w./~@+:-]*[\w/])?$/;

/** A text as a YAML scalar that flotilla reads back as it is: in quotes where it needs them, `${` taken literally. */
export function scalar(text: string): string {
  const literal = text.replaceAll("${", () => "$${");
  return PLAIN.test(literal) && !NO_TEXT.test(literal) && !/^[.+-]?\d|^\.inf$/i.test(literal)
    ? literal
    : JSON.stringify(literal);
}

/** A mapping in one line. */
export function inline(entries: readonly (readonly [key: string, value: string])[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(", ")} }`;
}

/** Lines further in. */
export function indented(lines: readonly string[], by = 2): readonly string[] {
  return lines.map((line) => (line === "" ? "" : `${" ".repeat(by)}${line}`));
}
