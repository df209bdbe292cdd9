import type { ConfigProblem } from "../model/errors.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import { poolName } from "./address-pool.ts";
import { itemsAt } from "./json-tree.ts";
import { hasNamelessRelease, metallbsWithPool, releaseNames } from "./release-names.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** A need and where it is written. */
interface WrittenNeed {
  readonly from: string;
  readonly to: string;
  readonly path: Path;
}

/** A need; `path` is null for one that nobody has written: it is implied. */
interface Need extends Omit<WrittenNeed, "path"> {
  readonly path: Path | null;
}

/** Every need names a release of the stack. */
export function unknownNeeds(input: RuleInput): ConfigProblem[] {
  // With a release whose name cannot be read there is no telling what is missing.
  if (hasNamelessRelease(input.tree)) return [];
  const names = releaseNames(input.tree).map(({ name }) => name);
  return writtenNeeds(input)
    .filter(({ to }) => !names.includes(to))
    .map(({ from, to, path }) => {
      const others = names.filter((name) => name !== from);
      const message = `"${from}" needs "${to}", but there is no such release`;
      return input.source.problem(path, "value", { message, hint: didYouMeanOneOf(to, "releases", others) });
    });
}

/** A need on a release that the environment goes without cannot be met. */
export function disabledNeeds(input: RuleInput): ConfigProblem[] {
  const { stack, environment, source } = input;
  const changes = stack.environments?.[environment.name]?.releases ?? {};
  const isDisabled = (name: string): boolean => Object.hasOwn(changes, name) && changes[name]?.enabled === false;
  return writtenNeeds(input)
    .filter(({ from, to }) => isDisabled(to) && !isDisabled(from))
    .map(({ from, to, path }) =>
      source.problem(path, "value", {
        message: `"${from}" needs "${to}", which the environment "${environment.name}" goes without`,
        hint: `remove the need, or disable "${from}" as well`,
      }),
    );
}

/** No release waits for itself, over however many others. Each circle is reported where it closes. */
export function needCycles(input: RuleInput): ConfigProblem[] {
  const open = new Map<string, Need[]>();
  for (const need of [...writtenNeeds(input), ...poolNeeds(input)])
    open.set(need.from, [...(open.get(need.from) ?? []), need]);
  return [...open.keys()].flatMap((start) => circlesFrom(start, open)).map((circle) => circleProblem(input, circle));
}

/** Follows needs in depth, using each up; a need that leads back into the trail closes a circle. */
function circlesFrom(start: string, open: Map<string, Need[]>): Need[][] {
  const circles: Need[][] = [];
  const trail: Need[] = [];
  const onTrail = new Set([start]);
  for (;;) {
    const at = trail.at(-1)?.to ?? start;
    const need = open.get(at)?.shift();
    if (need && onTrail.has(need.to)) {
      const closed = [...trail, need];
      circles.push(closed.slice(closed.findIndex(({ from }) => from === need.to)));
    } else if (need) {
      trail.push(need);
      onTrail.add(need.to);
    } else {
      onTrail.delete(at);
      if (!trail.pop()) return circles;
    }
  }
}

function circleProblem({ source }: RuleInput, circle: readonly Need[]): ConfigProblem {
  const names = [...circle.map(({ from }) => from), circle.at(-1)?.to];
  const implied = circle.find(({ path }) => path === null);
  const others = implied === undefined ? "" : `; that of "${implied.from}" is implied`;
  return source.problem(circle.findLast(({ path }) => path !== null)?.path ?? [], "value", {
    message: `releases that wait for themselves: ${names.join(" → ")}`,
    hint: `remove one of these needs${others}`,
  });
}

/** A pool comes after its MetalLB. Istio's releases need nothing but each other: no circle goes through them. */
function poolNeeds({ tree }: RuleInput): Need[] {
  return metallbsWithPool(tree).map((metallb) => ({ from: poolName(metallb), to: metallb, path: null }));
}

function writtenNeeds({ stack, tree }: RuleInput): WrittenNeed[] {
  return placedReleases(stack).flatMap(({ entry, path: at }) =>
    itemsAt(tree, [...at, "needs"]).flatMap(({ value: to, path }) =>
      typeof to === "string" ? [{ from: entry.name, to, path }] : [],
    ),
  );
}
