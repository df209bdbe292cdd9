import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A helm whose processes are looked at while they run. */
export interface WatchedHelm {
  /** To be named by FLOTILLA_HELM. */
  readonly path: string;
  /** What `/proc` said of every helm: its arguments and its environment, NUL between entries, in one text. */
  readonly seen: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** Wraps a real helm: of each run, `/proc/PID/cmdline` and `/proc/PID/environ` are kept, of the wrapper and of helm itself. */
export async function watchedHelm(realHelm: string): Promise<WatchedHelm> {
  const folder = await mkdtemp(join(tmpdir(), "watched-helm-"));
  const path = join(folder, "helm");
  const log = join(folder, "seen");
  await writeFile(log, "");
  // Until it is helm, the child is still the shell; a background job would get no standard input by itself.
  const script = `#!/bin/sh
exec 3<&0
${realHelm} "$@" <&3 3<&- &
helm=$!
while [ "$(readlink /proc/$helm/exe)" = "$(readlink /proc/$$/exe)" ]; do :; done
cat /proc/$$/cmdline /proc/$$/environ /proc/$helm/cmdline /proc/$helm/environ >>${log} 2>/dev/null
wait $helm
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return { path, seen: () => readFile(log, "utf8"), remove: () => rm(folder, { recursive: true, force: true }) };
}
