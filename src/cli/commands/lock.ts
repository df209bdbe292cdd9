import { basename } from "node:path";
import { otherEnvironments } from "../../operations/other-environments.ts";
import { checkLock, resolveLock } from "../../operations/resolve-lock.ts";
import { lockText } from "../../report/lock-text.ts";
import { EXIT } from "../exit-codes.ts";
import type { CommandRun } from "../run-command.ts";
import { openHelm, openStack } from "./session.ts";

/** Flags of `lock`. */
export interface LockFlags {
  /** True for all releases. */
  readonly update?: readonly string[] | true;
  readonly check?: boolean;
}

/** `flotilla lock`: pins charts, or checks the pins. */
export function lockCommand(flags: LockFlags): CommandRun {
  return async (context) => {
    const stack = await openStack(context, { charts: true, keepUnset: true });
    if (flags.check) {
      const problems = await checkLock(stack, context);
      const text = problems.length === 0 ? "The lock fits the stack file." : problems.join("\n");
      await context.reporter.result({ version: 1, stack: stack.name, problems }, text);
      return problems.length === 0 ? EXIT.done : EXIT.changes;
    }
    const update = flags.update === true ? "all" : (flags.update ?? []);
    const others = await otherEnvironments(stack, context);
    const { pinned, file, exists, written, moved, images } = await resolveLock(
      stack,
      { update, write: true, others, helm: openHelm(context) },
      context,
    );
    const charts = pinned.map(({ release, chart }) => ({
      release: release.name,
      name: chart.name,
      version: chart.version,
      digest: chart.digest,
    }));
    await context.reporter.result(
      { version: 1, stack: stack.name, written, moved, charts, images },
      lockText(charts, {
        color: context.color,
        file: exists ? basename(file) : null,
        written,
        images: images?.length ?? null,
      }),
    );
    return EXIT.done;
  };
}
