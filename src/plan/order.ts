import { FlotillaError } from "../model/errors.ts";

/** Something that must come after others. */
export interface Ordered {
  readonly id: string;
  readonly needs: readonly string[];
}

/**
 * Puts nodes behind everything they need, otherwise keeps their order. Needs that name no node are passed over.
 * @throws FlotillaError `config-invalid` when there is a cycle: in a stack file it is told of earlier, with its place
 */
export function inOrder<T extends Ordered>(nodes: readonly T[]): readonly T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  const entered = new Set<string>();
  const ordered: T[] = [];
  const visit = (node: T): void => {
    if (done.has(node.id)) return;
    if (entered.has(node.id))
      throw cycleError(
        [...entered].filter((id) => !done.has(id)),
        node.id,
      );
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

/** @param trail ids, each of which needs the next @param again the one of them that the last one needs */
function cycleError(trail: readonly string[], again: string): FlotillaError {
  const circle = [...trail.slice(trail.indexOf(again)), again].join(" → ");
  return new FlotillaError("config-invalid", `These wait for themselves: ${circle}.`, {
    hint: "Remove one of these needs.",
  });
}
