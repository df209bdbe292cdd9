import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import { findTool, toolPath, toolsFolder } from "./tool-cache.ts";
import { getFamily } from "./tool-family.ts";
import { UnreachableHosts } from "./unreachable-hosts.ts";
import { TOOLS, type ToolFamily, type ToolName } from "./versions.ts";

/**
 * Makes sure that tools are there, at their pinned versions: found in the cache, else downloaded from the official
 * release with its published checksum verified, else built from Go modules. Says by task events what it does; when all
 * are cached it says nothing and touches nothing. Several callers at once, in one or several processes, share the work.
 *
 * Variables: `FLOTILLA_CACHE_DIR` (where the cache is), `FLOTILLA_TOOLS_MIRROR` (see `mirrored`), `HTTPS_PROXY` and
 * `NO_PROXY`, and Go's own (`GOPROXY` …) for builds.
 * @returns the absolute path of each binary
 * @throws FlotillaError `tool-missing` when one can be had in no way (the message says of each why not), `tool-failed`
 *   when the cache cannot be written, `interrupted` or the signal's reason on abort
 */
export async function ensureTools<N extends ToolName>(
  names: readonly N[],
  context: RunContext,
): Promise<Readonly<Record<N, string>>> {
  throwIfAborted(context.signal);
  const missing = new Map<ToolFamily, ToolName[]>();
  for (const name of new Set(names)) {
    if ((await findTool(name)) !== null) continue;
    const { family } = TOOLS[name];
    missing.set(family, [...(missing.get(family) ?? []), name]);
  }
  if (missing.size > 0) await getFamilies(missing, context);
  // `fromEntries` forgets the names of the keys.
  return Object.fromEntries(names.map((name) => [name, toolPath(name)])) as Record<N, string>;
}

/** All families at once; the first that cannot be had ends the others, so that nobody waits minutes for half a set. */
async function getFamilies(missing: ReadonlyMap<ToolFamily, readonly ToolName[]>, context: RunContext): Promise<void> {
  const stop = new AbortController();
  const shared: RunContext = { emit: context.emit, signal: AbortSignal.any([context.signal, stop.signal]) };
  const unreachable = new UnreachableHosts();
  const failures: unknown[] = [];
  await Promise.all(
    [...missing].map(([family, names]) =>
      getFamily(family, names, shared, unreachable).catch((error: unknown) => {
        failures.push(error);
        stop.abort(new FlotillaError("interrupted", "Stopped, because another tool cannot be had."));
      }),
    ),
  );
  if (failures.length > 0) throw explain(failures[0]);
}

/** Faults of the file system, as users know them: all of them happen below the cache's folder. */
function explain(error: unknown): unknown {
  if (error instanceof FlotillaError || !(error instanceof Error) || !("syscall" in error)) return error;
  return new FlotillaError("tool-failed", `The tools' folder ${toolsFolder()} cannot be written: ${error.message}.`, {
    hint: "Make room or give the right to write there, or name another cache folder in FLOTILLA_CACHE_DIR.",
    cause: error,
  });
}
