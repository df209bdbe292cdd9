import { FlotillaError } from "../model/errors.ts";
import { nearName } from "../model/near-name.ts";
import type { Release, Stack } from "../model/stack.ts";

/** The releases of some names, in the stack's order; all of them when none is named. @throws FlotillaError `usage` */
export function chooseReleases({ name, releases }: Stack, wanted: readonly string[]): readonly Release[] {
  const known = releases.map((release) => release.name);
  for (const each of wanted) {
    if (known.includes(each)) continue;
    const near = nearName(each, known);
    throw new FlotillaError("usage", `Stack ${name} has no release ${each}.`, {
      hint: near ? `Did you mean ${near}?` : `It has ${known.join(", ")}.`,
    });
  }
  return wanted.length === 0 ? releases : releases.filter((release) => wanted.includes(release.name));
}
