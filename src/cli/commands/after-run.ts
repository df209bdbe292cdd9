import { FlotillaError } from "../../model/errors.ts";
import type { RunResult } from "../../model/result.ts";
import type { Stack } from "../../model/stack.ts";
import type { Cluster } from "../../operations/connect-cluster.ts";
import type { verify } from "../../operations/verify.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { CommandContext } from "../run-command.ts";

/** What is to be done when a run has succeeded. */
export interface AfterRun {
  /** Whether proxies can be older than their istiod: not where all is new. */
  readonly proxies: boolean;
  readonly restartGateways: boolean;
  /** Milliseconds. */
  readonly waitForLock: number;
  /** Runs the smoke tests; null when none are asked for. */
  readonly verify: typeof verify | null;
}

/** Where the run went. */
interface Target {
  readonly stack: Stack;
  readonly cluster: Cluster;
}

/**
 * Restarts gateways, tells of outdated proxies and runs smoke tests. A fault in that takes nothing back of what was done: it
 * is told, and the run's result stays.
 * @returns the result with what the smoke tests found, and how the process ends for a fault
 */
export async function afterRun(
  context: CommandContext,
  target: Target,
  ran: RunResult,
  further: AfterRun,
): Promise<{ readonly result: RunResult; readonly exit: ExitCode }> {
  try {
    if (further.proxies) await catchUpProxies(context, target, ran, further);
    if (further.verify === null) return { result: ran, exit: EXIT.done };
    const verification = await further.verify(target.stack, target.cluster, {}, context);
    return { result: { ...ran, verification }, exit: EXIT.done };
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    const message = `The run has succeeded, what was to come after it has not: ${error.message}`;
    context.emit({ type: "notice", level: "warning", message, hint: error.hint });
    return { result: ran, exit: error.code === "interrupted" ? EXIT.interrupted : EXIT.failed };
  }
}

/** After another istiod, gateways keep their old proxies until their pods are made anew. */
async function catchUpProxies(
  context: CommandContext,
  { stack, cluster }: Target,
  { releases }: RunResult,
  { restartGateways, waitForLock }: AfterRun,
): Promise<void> {
  const istiod = stack.releases.find(({ role }) => role === "istiod");
  const changed = releases.some(({ name, outcome }) => name === istiod?.name && outcome !== "unchanged");
  if (!restartGateways && !changed) return;
  const proxies = await import("../../operations/restart-gateways.ts");
  if (restartGateways) await proxies.restartGateways(stack, cluster, { waitForLockMs: waitForLock }, context);
  await proxies.warnOfOutdatedProxies(stack, cluster, context).catch((error: unknown) => {
    // Nobody has asked for this look: where it cannot be had, nothing has failed.
    if (!(error instanceof FlotillaError) || error.code === "interrupted") throw error;
    const message = `Whether proxies are of another version than their istiod is not known: ${error.message}`;
    context.emit({ type: "notice", level: "warning", message, hint: error.hint });
  });
}
