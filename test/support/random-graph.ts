import * as fc from "fast-check";

/** A node of a random graph. */
export interface GraphNode {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Graphs without cycles, their nodes in any order; some needs name nothing. */
export function randomGraph(maximum = 12): fc.Arbitrary<readonly GraphNode[]> {
  return fc.integer({ min: 0, max: maximum }).chain((size) => {
    const needs = Array.from({ length: size }, (_, index) =>
      fc.uniqueArray(fc.integer({ min: -1, max: Math.max(-1, index - 1) }), { maxLength: 4 }),
    );
    return fc.tuple(...needs).chain((all) => {
      const nodes = all.map((numbers, index) => ({
        id: `n${index}`,
        needs: numbers.map((number) => (number < 0 ? "nothing" : `n${number}`)),
      }));
      return fc.shuffledSubarray(nodes, { minLength: size, maxLength: size });
    });
  });
}

/** Ids of everything that a node needs, directly or not. */
export function ancestorsOf(nodes: readonly GraphNode[], id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (each: string): void => {
    for (const need of nodes.find((node) => node.id === each)?.needs ?? []) {
      if (found.has(need) || !nodes.some((node) => node.id === need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}
