/** `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly string[], last = "and"): string {
  const head = items.slice(0, -1);
  const tail = items.at(-1) ?? "";
  return head.length === 0 ? tail : `${head.join(", ")} ${last} ${tail}`;
}

/** Like {@link inWords}, with only the first few named: `a, b, c and 4 more`. */
export function fewInWords(items: readonly string[], most = 5): string {
  return items.length <= most ? inWords(items) : inWords([...items.slice(0, most), `${items.length - most} more`]);
}
