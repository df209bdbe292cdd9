/** The candidate that was probably meant by `word`; null when none is near. */
export function nearName(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  // A third of the letters may differ: enough for typing slips, too few for another word.
  let limit = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of candidates) {
    // Each letter more or less is one difference already.
    if (Math.abs(word.length - candidate.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (candidate === word || distance > limit || (best !== null && distance === limit)) continue;
    best = candidate;
    limit = distance;
  }
  return best;
}

/** How many letters must be added, dropped, replaced or swapped with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}

/** `did you mean "needs"?`, or null when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const near = nearName(word, candidates);
  return near === null ? null : `did you mean "${near}"?`;
}

/** {@link didYouMean}, or else the whole list of what there is. */
export function didYouMeanOneOf(word: string, what: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return `there are no ${what}`;
  return didYouMean(word, candidates) ?? `${what}: ${candidates.join(", ")}`;
}
