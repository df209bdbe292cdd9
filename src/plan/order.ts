/** Something that must come after others. */
export interface Ordered {
  readonly id: string;
  readonly needs: readonly string[];
}

/**
 * Puts nodes behind everything they need, otherwise keeps their order. Needs that name no node are passed over.
 * @throws Error when there is a cycle: callers check for those where they can say it in the user's words
 */
export function inOrder<T extends Ordered>(nodes: readonly T[]): readonly T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  const entered = new Set<string>();
  const ordered: T[] = [];
  const visit = (node: T): void => {
    if (done.has(node.id)) return;
    if (entered.has(node.id)) throw new Error(`cycle through ${node.id}`);
    entered.add(node.id);
    for (const need of node.needs) {
      const needed = byId.get(need);
      if (needed) visit(needed);
    }
    done.add(node.id);
    ordered.push(node);
  };
  for (const node of nodes) visit(node);
  return ordered;
}
