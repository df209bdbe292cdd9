import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One helm process, as the wrapper saw it. Times in ms since 1970. */
export interface HelmCall {
  readonly args: readonly string[];
  readonly startedAt: number;
  /** Null when it never ended by itself. */
  readonly endedAt: number | null;
}

/** A folder with a `helm` that writes down when it starts and ends, around the real one. */
export interface RecordingHelm {
  /** To be put in front of PATH. */
  readonly folder: string;
  calls(): Promise<readonly HelmCall[]>;
  clear(): Promise<void>;
  remove(): Promise<void>;
}

/** Wraps a real helm. */
export async function recordingHelm(realHelm: string): Promise<RecordingHelm> {
  const folder = await mkdtemp(join(tmpdir(), "recording-helm-"));
  const log = join(folder, "calls.log");
  const script = join(folder, "helm");
  await writeFile(log, "");
  await writeFile(
    script,
    `#!/bin/bash
printf 'start\\t%s\\t%s\\t%s\\n' $$ "$(date +%s%3N)" "$*" >> ${log}
${realHelm} "$@"
code=$?
printf 'end\\t%s\\t%s\\n' $$ "$(date +%s%3N)" >> ${log}
exit $code
`,
  );
  await chmod(script, 0o755);
  return {
    folder,
    calls: async () => parseCalls(await readFile(log, "utf8")),
    clear: () => writeFile(log, ""),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function parseCalls(text: string): readonly HelmCall[] {
  const rows = text.split("\n").map((line) => line.split("\t"));
  const ends = new Map(rows.flatMap(([kind, pid = "", at]) => (kind === "end" ? [[pid, Number(at)] as const] : [])));
  return rows.flatMap(([kind, pid = "", at, args = ""]) =>
    kind === "start" ? [{ args: args.split(" "), startedAt: Number(at), endedAt: ends.get(pid) ?? null }] : [],
  );
}

/** The call that installs or upgrades a release. */
export function upgradeCall(calls: readonly HelmCall[], release: string): HelmCall {
  const found = calls.find(({ args }) => args.includes("upgrade") && args.includes(release));
  if (!found) throw new Error(`helm was never asked to upgrade ${release}; calls: ${JSON.stringify(calls)}`);
  return found;
}
