/** Something that may start once everything it needs is done. */
export interface SchedulerNode {
  readonly id: string;
  readonly needs: readonly string[];
}

/** What the scheduler asks of its caller. */
export interface SchedulerWork<N extends SchedulerNode> {
  /** Does the work of a node: true when what needs it may start. Must not throw. */
  readonly perform: (node: N) => Promise<boolean>;
  /** Called instead of `perform`: `because` is the id of the failure behind it, null when the whole was stopped. */
  readonly skip: (node: N, because: string | null) => void;
  /** Aborted: nothing new starts; what goes on is waited for. */
  readonly signal: AbortSignal;
}

/** How a node ended, for those that need it. */
type Settled = { readonly done: true } | { readonly done: false; readonly because: string | null };

/**
 * Starts each node the moment its own needs are done; what does not depend on a failure goes on. How many work at once
 * is for `perform` to bound: waiting costs nothing here. Needs that name no node count as done. The needs must be free
 * of cycles.
 */
export async function schedule<N extends SchedulerNode>(nodes: readonly N[], work: SchedulerWork<N>): Promise<void> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const settled = new Map<string, Promise<Settled>>();

  function settle(node: N): Promise<Settled> {
    const known = settled.get(node.id);
    if (known) return known;
    const needs = node.needs.flatMap((need) => byId.get(need) ?? []).map(settle);
    const settling = Promise.all(needs).then((outcomes) => start(node, outcomes));
    settled.set(node.id, settling);
    return settling;
  }

  async function start(node: N, outcomes: readonly Settled[]): Promise<Settled> {
    const undone = outcomes.filter((outcome) => !outcome.done);
    if (undone.length > 0 || work.signal.aborted) {
      const because = undone.find((outcome) => outcome.because !== null)?.because ?? null;
      work.skip(node, because);
      return { done: false, because };
    }
    return (await work.perform(node)) ? { done: true } : { done: false, because: node.id };
  }

  await Promise.all(nodes.map(settle));
}
