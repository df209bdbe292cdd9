import { join } from "node:path";
import { METALLB } from "../catalog/addons.ts";
import type { DraftRelease } from "./draft-release.ts";
import type { AddressPool } from "./schema-parts.ts";
import type { RuleInput, ShapedStack } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";
import { waitOptions } from "./wait-options.ts";

/** The chart of ours that holds the pool. */
const POOL_CHART = "address-pool";

/** What the environment at hand says; undefined where it says nothing. */
function chosenPool({ stack, environment }: RuleInput): AddressPool | undefined {
  // The sandbox gives addresses by itself.
  return environment.sandbox ? undefined : stack.environments?.[environment.name]?.addressPool;
}

/** Name of the release that holds the pool of a MetalLB. */
export function poolName(metallb: string): string {
  return `${metallb}-pool`;
}

/** True for MetalLB where something else gives the addresses. */
export function isLeftToTunnel(rules: RuleInput, { role }: DraftRelease): boolean {
  return role === METALLB.role && chosenPool(rules) === "tunnel";
}

/** The pool of each MetalLB among the releases, where the environment asks for one. */
export function poolDrafts(rules: RuleInput, input: StackInput, releases: readonly DraftRelease[]): DraftRelease[] {
  const pool = chosenPool(rules);
  if (pool === undefined || pool === "tunnel") return [];
  const metallbs = releases.filter(({ role }) => role === METALLB.role);
  return metallbs.map((metallb) => poolDraft(metallb, pool, rules.stack, input));
}

function poolDraft(
  { name, namespace }: DraftRelease,
  pool: AddressPool,
  stack: ShapedStack,
  { ownCharts }: StackInput,
): DraftRelease {
  return {
    name: poolName(name),
    namespace,
    role: null,
    chart: { type: "folder", path: join(ownCharts, POOL_CHART) },
    version: null,
    needs: [name],
    injected: false,
    wait: waitOptions(stack, undefined),
    adopt: false,
    forceConflicts: false,
    protect: false,
    defaults: {},
    settings: { addresses: pool === "auto" ? [] : [...pool] },
    gateway: null,
    values: [],
  };
}
