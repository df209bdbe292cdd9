import { FlotillaError } from "../model/errors.ts";
import { nearName } from "../model/near-name.ts";
import type { Release, Stack } from "../model/stack.ts";
import { isSelected, type Selection } from "../plan/select.ts";

/** The releases of some names, in the stack's order; all of them when none is named. @throws FlotillaError `usage` */
export function chooseReleases(stack: Stack, wanted: readonly string[]): readonly Release[] {
  refuseUnknown(stack, wanted, (name) => `Stack ${stack.name} has no release ${name}.`);
  return wanted.length === 0 ? stack.releases : stack.releases.filter((release) => wanted.includes(release.name));
}

/**
 * Refuses choices for a plan that name releases which the stack does not have. Needs no cluster.
 * @throws FlotillaError `usage`
 */
export function refuseUnknownChoices(
  stack: Stack,
  {
    only = [],
    forceConflicts = [],
  }: { readonly only?: readonly string[]; readonly forceConflicts?: readonly string[] },
): void {
  const names = (flag: string) => (name: string) =>
    `${flag} names "${name}", which is no release of stack ${stack.name}.`;
  refuseUnknown(stack, only, names("--only"));
  refuseUnknown(stack, forceConflicts, names("--force-conflicts"));
}

/**
 * The stack with some of its releases only, for what looks at each of them by itself.
 * @throws FlotillaError `usage` for a release that the stack does not have
 */
export function limitStack(stack: Stack, { only = [], withNeeds = false }: Partial<Selection>): Stack {
  refuseUnknownChoices(stack, { only });
  const selected = isSelected(stack.releases, { only, withNeeds });
  return { ...stack, releases: stack.releases.filter(({ name }) => selected(name)) };
}

function refuseUnknown({ releases }: Stack, wanted: readonly string[], message: (name: string) => string): void {
  const known = releases.map(({ name }) => name);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearName(unknown, known);
  throw new FlotillaError("usage", message(unknown), {
    hint: near === null ? `It has ${known.join(", ")}.` : `Did you mean ${near}?`,
  });
}
