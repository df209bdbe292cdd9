/** Levenshtein distance: how many letters must be added, dropped or changed to make one word of the other. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const changed = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(changed, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** The name that was probably meant; null when none of them is near. */
export function nearName(name: string, names: readonly string[]): string | null {
  const limit = Math.max(2, Math.floor(name.length / 3));
  let nearest: { readonly name: string; readonly distance: number } | null = null;
  for (const candidate of names) {
    const distance = Math.abs(candidate.length - name.length) > limit ? Infinity : editDistance(name, candidate);
    if (distance <= limit && (nearest === null || distance < nearest.distance)) {
      nearest = { name: candidate, distance };
    }
  }
  return nearest?.name ?? null;
}
