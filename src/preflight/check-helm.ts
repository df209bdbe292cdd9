import satisfies from "semver/functions/satisfies.js";
import { HELM_TRAPS, type HelmTrap } from "../catalog/helm-traps.ts";
import type { Finding } from "../model/finding.ts";
import type { PinnedRelease } from "../model/lock.ts";
import { asObject } from "../model/json.ts";
import { type Facts, problemOf, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** Is there a helm that flotilla works with? */
export function checkHelm({ helm }: Facts): readonly Finding[] {
  const problem = problemOf(helm);
  if (problem === null) return [];
  const code = problem.code === "helm-unsupported" ? "helm-unsupported" : "helm-missing";
  return [finding(code, problem.message, problem.hint ?? "Install a current Helm.")];
}

/** Does this helm get on with these charts? */
export function checkHelmTraps({ helm, charts, stack }: Facts): readonly Finding[] {
  const version = valueOf(helm)?.version;
  if (version === undefined) return [];
  const traps = HELM_TRAPS.filter(
    (trap) => fits(version, trap.helm) && (trap.profiles?.includes(stack.environment.profile ?? "") ?? true),
  );
  return traps.flatMap((trap) => {
    const caught = (valueOf(charts) ?? []).filter((pinned) => isCaught(trap, pinned));
    if (caught.length === 0) return [];
    const names = [...new Set(caught.map(({ chart }) => `${chart.name} ${chart.version}`))].join(", ");
    return [finding(trap.code, `Helm ${version} and chart ${names}: ${trap.message}`, trap.hint)];
  });
}

function isCaught({ roles, chart: range, unless }: HelmTrap, { release, chart }: PinnedRelease): boolean {
  if (release.role === null || !roles.includes(release.role)) return false;
  if (range !== null && !fits(chart.version, range)) return false;
  if (unless === null) return true;
  const value = unless.path.reduce<unknown>((inner, key) => asObject(inner)[key], release.values);
  return String(value) !== unless.value;
}

function fits(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true, loose: true });
}
