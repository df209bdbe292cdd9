/** One element of two lists that were laid side by side. */
export type Edit<T> =
  | { readonly type: "same"; readonly before: T; readonly after: T }
  | { readonly type: "removed"; readonly before: T }
  | { readonly type: "added"; readonly after: T };

/** So many pairs are compared at most: beyond, what lies between equal ends counts as replaced. */
const MOST_PAIRS = 4_000_000;

/** The shortest way from one list to another, removals before additions: what both have in order, stays. */
export function editScript<T>(
  before: readonly T[],
  after: readonly T[],
  same: (one: T, other: T) => boolean,
): readonly Edit<T>[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const pairs = (from: number, count: number): Edit<T>[] =>
    before.slice(from, from + count).map((item, index) => ({
      type: "same",
      before: item,
      after: after[from + index + (from === 0 ? 0 : after.length - before.length)] as T,
    }));
  return [
    ...pairs(0, start),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end), same),
    ...(end === 0 ? [] : pairs(before.length - end, end)),
  ];

  function isSame(one: T | undefined, other: T | undefined): boolean {
    return same(one as T, other as T);
  }
}

/** By the longest common subsequence, in a table of lengths from the end. */
function middle<T>(before: readonly T[], after: readonly T[], same: (one: T, other: T) => boolean): Edit<T>[] {
  const removed = (items: readonly T[]): Edit<T>[] => items.map((item) => ({ type: "removed", before: item }));
  const added = (items: readonly T[]): Edit<T>[] => items.map((item) => ({ type: "added", after: item }));
  if (before.length * after.length > MOST_PAIRS) return [...removed(before), ...added(after)];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = same(before[row] as T, after[column] as T)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const edits: Edit<T>[] = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < after.length) {
    const [one, other] = [before[row] as T, after[column] as T];
    if (same(one, other)) {
      edits.push({ type: "same", before: one, after: other });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      edits.push({ type: "removed", before: one });
      row += 1;
    } else {
      edits.push({ type: "added", after: other });
      column += 1;
    }
  }
  return [...edits, ...removed(before.slice(row)), ...added(after.slice(column))];
}
