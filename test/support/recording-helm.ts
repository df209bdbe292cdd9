import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/runtime/directories.ts";

/** What the cluster said at the moment a helm was started. */
export interface ClusterMoment {
  readonly crds: number;
  readonly establishedCrds: number;
  /** Deployments with every wanted replica available, by namespace/name. */
  readonly available: readonly string[];
  /** Load balancers with an address, by namespace/name. */
  readonly addresses: readonly string[];
}

/** One helm process, as the wrapper saw it. Times in ms since 1970. */
export interface HelmCall {
  readonly args: readonly string[];
  readonly startedAt: number;
  /** Null when it never ended by itself. */
  readonly endedAt: number | null;
  readonly before: ClusterMoment;
}

/** A folder with a `helm` that writes down when it starts and ends and what the cluster was like, around the real one. */
export interface RecordingHelm {
  /** To be put in front of PATH. */
  readonly folder: string;
  calls(): Promise<readonly HelmCall[]>;
  clear(): Promise<void>;
  remove(): Promise<void>;
}

/** Wraps a real helm; the cluster is asked before helm begins, so what is written down was true by then. */
export async function recordingHelm(realHelm: string, kubeconfig: string): Promise<RecordingHelm> {
  const folder = await mkdtemp(join(tmpdir(), "recording-helm-"));
  const log = join(folder, "calls.log");
  const script = join(folder, "helm");
  const { build } = await import("esbuild");
  await build({
    stdin: {
      contents: `import { recordHelm } from "./test/support/record-helm-call.ts"; await recordHelm(${JSON.stringify({ realHelm, kubeconfig, log })});`,
      resolveDir: packageRoot(),
    },
    bundle: true,
    outfile: join(folder, "record.mjs"),
    format: "esm",
    platform: "node",
    logLevel: "error",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  await writeFile(script, `#!/bin/sh\nexec ${process.execPath} ${join(folder, "record.mjs")} "$@"\n`);
  await chmod(script, 0o755);
  await writeFile(log, "");
  return {
    folder,
    calls: async () => parseCalls(await readFile(log, "utf8")),
    clear: () => writeFile(log, ""),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function parseCalls(text: string): readonly HelmCall[] {
  const entries = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const ends = new Map(entries.flatMap(({ pid, endedAt }) => (endedAt ? [[pid, endedAt as number] as const] : [])));
  return entries.flatMap(({ pid, args, startedAt, before }) =>
    startedAt ? [{ args, startedAt, before, endedAt: ends.get(pid) ?? null }] : [],
  );
}

/** The call that installs or upgrades a release. */
export function upgradeCall(calls: readonly HelmCall[], release: string): HelmCall {
  const found = calls.find(({ args }) => args.includes("upgrade") && args.includes(release));
  if (!found) throw new Error(`helm was never asked to upgrade ${release}; calls: ${JSON.stringify(calls)}`);
  return found;
}
