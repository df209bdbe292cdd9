import { join } from "node:path";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import { withFileLock } from "../runtime/file-lock.ts";
import { pathExists } from "../runtime/files.ts";
import { ensureTools } from "../tools/ensure-tools.ts";
import { type TellProgress, asTask } from "../tools/task.ts";
import { COMPONENTS, killComponents } from "./component-processes.ts";
import type { SandboxTools } from "./configuration.ts";
import { launch } from "./launch.ts";
import { sandboxInfo } from "./read-sandbox.ts";
import type { SandboxInfo } from "./sandbox-info.ts";
import { type SandboxPaths, sandboxPaths } from "./sandbox-paths.ts";
import { type SandboxRecord, readRecord } from "./sandbox-record.ts";
import { recordStart } from "./start-record.ts";

const TOOL_NAMES = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kwokctl"] as const;

/**
 * Brings a sandbox up that was not found running, as the only one who works on it.
 * @param look how it stands; asked once nobody else works on it: it may have been brought up meanwhile
 * @throws as `startSandbox`
 */
export async function bringUp(
  name: string,
  context: RunContext,
  look: () => Promise<SandboxInfo>,
): Promise<SandboxInfo> {
  const tools = await ensureTools(TOOL_NAMES, context);
  return asTask(context, "sandbox", `Starting the sandbox "${name}"`, (tell) => {
    const onWait = (owner: string): void => tell(`waiting for ${owner}, which is working on it`);
    const work = async (): Promise<SandboxInfo> => {
      const before = await look();
      return before.state === "running" ? before : putRight(before, tools, context, tell);
    };
    return withFileLock(sandboxPaths(name).lock, work, { signal: context.signal, onWait });
  });
}

/** Must hold the sandbox's lock. */
async function putRight(
  before: SandboxInfo,
  tools: SandboxTools,
  context: RunContext,
  tell: TellProgress,
): Promise<SandboxInfo> {
  const { name } = before;
  const paths = sandboxPaths(name);
  const record = await readRecord(paths.record);
  const notice = (message: string): void => context.emit({ type: "notice", level: "info", message, hint: null });
  const wrong = before.problems.join(" ");
  if (record !== null && (await hasData(paths, record))) {
    tell("restarting its processes");
    try {
      const restarted = await start(name, tools, record, context.signal);
      notice(`The sandbox "${name}" was put right: restarted with its data. ${wrong}`);
      return sandboxInfo(name, paths, restarted, "running", []);
    } catch (error) {
      throwIfAborted(context.signal);
      notice(`The sandbox "${name}" could not be restarted with its data: ${messageOf(error)}`);
    }
  }
  tell(`starting ${COMPONENTS.join(", ")}`);
  const made = await start(name, tools, null, context.signal);
  if (before.state !== "absent") notice(`The sandbox "${name}" was made anew; what was in it is gone. ${wrong}`);
  return sandboxInfo(name, paths, made, "running", []);
}

async function hasData(paths: SandboxPaths, record: SandboxRecord): Promise<boolean> {
  if (record.phase === "creating") return false;
  const needed = [join(paths.data, "member"), join(paths.certificates, "admin.key"), paths.baseline];
  return (await Promise.all(needed.map(pathExists))).every(Boolean);
}

/** How often a start is tried on other ports when somebody else was quicker to take one. */
const PORT_ATTEMPTS = 3;

/** @param last the record of a sandbox whose data is to be kept; null: nothing is kept */
async function start(
  name: string,
  tools: SandboxTools,
  last: SandboxRecord | null,
  signal: AbortSignal,
): Promise<SandboxRecord> {
  const paths = sandboxPaths(name);
  await killComponents(paths.programs);
  for (let attempt = 1; ; attempt++) {
    const record = await recordStart(name, last !== null, attempt === 1 ? (last?.ports ?? null) : null, signal);
    try {
      return await launch({ paths, tools, record, signal });
    } catch (error) {
      const taken = error instanceof FlotillaError && error.message.includes("address already in use");
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
