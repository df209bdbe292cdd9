import type { RunContext } from "../model/context.ts";
import type { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { awaitFreeLock, type LockWait } from "../state/await-lock.ts";
import type { Cluster } from "./connect-cluster.ts";
import { withoutSecrets } from "./without-secrets.ts";

/**
 * Waits until no run holds the stack's lock, before anything is planned. Without a time to wait it does not even look.
 * @param waitMs milliseconds
 * @throws FlotillaError `run-locked` when another run still holds it by then
 */
export const awaitLock = withoutSecrets(waitForRuns);

async function waitForRuns(stack: Stack, { client }: Cluster, waitMs: number, context: RunContext): Promise<void> {
  if (waitMs === 0) return;
  const place = { namespace: stack.stateNamespace, stack: stack.name };
  await awaitFreeLock(client, place, lockWait(waitMs, context), context.signal);
}

/** Says once for whom a run waits. */
export function lockWait(waitMs: number, { emit }: Pick<RunContext, "emit">): LockWait {
  const hint = "Waiting until it is done (--wait-for-lock).";
  const onWait = ({ message }: FlotillaError): void => emit({ type: "notice", level: "info", message, hint });
  return { waitMs, onWait };
}
