import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findComponents } from "../../src/sandbox/component-processes.ts";
import { isFree } from "../../src/sandbox/ports.ts";
import { sandboxPaths } from "../../src/sandbox/sandbox-paths.ts";
import { readRecord, writeRecord } from "../../src/sandbox/sandbox-record.ts";
import type { KubeJson } from "./cluster-api.ts";
import type { TestSandbox } from "./test-sandbox.ts";
import { until } from "./until.ts";

/** A write that the API server has taken. */
export interface AuditedWrite {
  readonly agent: "helm" | "flotilla" | "other";
  /** `nothing`: the object came out as it had been, with the same resourceVersion. */
  readonly effect: "add" | "change" | "remove" | "nothing";
  /** `group/Kind namespace/name`, as {@link objectId} makes it. */
  readonly id: string;
  /** Microseconds since 1970: when the request came, and when its answer was out. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What a sandbox's API server says of all that was written to it. */
export interface AuditLog {
  /** Every write since the last call that was not a dry run, in the order of their answers. */
  writes(): Promise<readonly AuditedWrite[]>;
}

/** The name by which an object is the same in a plan, in the cluster and in the log: versions of an API do not count. */
export function objectId({ apiVersion, kind, namespace, name }: KubeJson): string {
  return `${String(apiVersion).split("/").slice(0, -1).join("")}/${kind} ${namespace ?? ""}/${name}`;
}

/** Everything that is written, with what came of it; nothing of nodes and events, which only make noise. */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    { level: "None", verbs: ["get", "list", "watch"] },
    { level: "None", resources: [{ group: "", resources: ["events", "nodes", "nodes/status"] }] },
    { level: "None", resources: [{ group: "events.k8s.io" }, { group: "authorization.k8s.io" }] },
    { level: "RequestResponse" },
  ],
};

/**
 * Starts the API server of a test's sandbox anew, by the very command it was started with and an audit log beside, and
 * puts the new process into the sandbox's record, so that commands find it whole.
 */
export async function auditLog(sandbox: TestSandbox): Promise<AuditLog> {
  const paths = sandboxPaths("test");
  const file = join(paths.directory, "audit.log");
  const policy = join(paths.directory, "audit-policy.json");
  await writeFile(policy, JSON.stringify(POLICY));
  await appendFile(file, "");
  const server = (await findComponents(paths.programs)).find(({ component }) => component === "kube-apiserver");
  if (!server) throw new Error("the sandbox has no API server");
  const [program = "", ...args] = await commandOf(server.pid);
  process.kill(server.pid, "SIGKILL");
  const record = await readRecord(paths.record);
  if (record === null) throw new Error("the sandbox has no record");
  // A process that was killed lets go of its port last of all, when it has gone from every list.
  if (!(await until(() => isFree(record.ports.apiServer), 10_000))) throw new Error("the sandbox's API server stays");
  const output = join(paths.logs, "kube-apiserver-audited.log");
  const log = await open(output, "a");
  const audited = [...args, `--audit-policy-file=${policy}`, `--audit-log-path=${file}`, "--audit-log-maxsize=4000"];
  const child = spawn(program, audited, { cwd: paths.cluster, detached: true, stdio: ["ignore", log.fd, log.fd] });
  await once(child, "spawn");
  child.unref();
  await log.close();
  const isReady = (): Promise<boolean> =>
    sandbox.api.text("/readyz").then(
      (text) => text === "ok",
      () => false,
    );
  if (!(await until(isReady, 60_000))) {
    throw new Error(`the audited API server is not ready:\n${(await readFile(output, "utf8")).slice(-4000)}`);
  }
  await writeRecord(paths.record, { ...record, processes: await findComponents(paths.programs) });
  return reader(sandbox, file);
}

/** Read by `ps`, which every system has. No path of a sandbox in a temporary folder has a space in it. */
async function commandOf(pid: number): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ps", ["-ww", "-o", "args=", "-p", String(pid)]);
  return stdout.trim().split(" ");
}

function reader(sandbox: TestSandbox, file: string): AuditLog {
  let read = 0;
  let marks = 0;
  /** Resource → kind, and the resourceVersion that each object had after its last write, by uid. */
  const kinds = new Map<string, string>();
  const versions = new Map<string, string>();
  return {
    writes: async () => {
      const mark = `audit-mark-${(marks += 1)}`;
      const path = "/api/v1/namespaces/default/configmaps?dryRun=All";
      await sandbox.api.send("POST", path, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: mark } });
      // The log is written when an answer is out; what stands before this one's was asked before.
      let text = "";
      const isComplete = async (): Promise<boolean> => {
        text = (await readFile(file)).subarray(read).toString();
        return text.includes(mark) && text.endsWith("\n");
      };
      if (!(await until(isComplete, 30_000))) throw new Error("the audit log does not come to its end");
      read += Buffer.byteLength(text);
      return text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as KubeJson)
        .filter(isWrite)
        .toSorted((one, other) => micros(one["stageTimestamp"]) - micros(other["stageTimestamp"]))
        .map((entry) => writeOf(entry, kinds, versions));
    },
  };
}

/** What was refused, or only tried, wrote nothing. */
function isWrite({ objectRef, responseStatus, requestURI }: KubeJson): boolean {
  return objectRef?.resource !== undefined && responseStatus?.code < 300 && !/[?&]dryRun=All/.test(requestURI);
}

function writeOf(entry: KubeJson, kinds: Map<string, string>, versions: Map<string, string>): AuditedWrite {
  const { verb, objectRef, responseObject, responseStatus } = entry;
  const { resource, apiGroup = "", namespace, subresource } = objectRef;
  const { uid, resourceVersion, name = objectRef.name } = responseObject?.metadata ?? {};
  const type = `${apiGroup}/${resource}`;
  if (subresource === undefined && !verb.startsWith("delete")) kinds.set(type, responseObject.kind);
  const same = uid !== undefined && versions.get(uid) === resourceVersion;
  if (uid !== undefined) versions.set(uid, resourceVersion);
  const isMade = responseStatus.code === 201;
  return {
    agent: agentOf(String(entry["userAgent"])),
    effect: verb.startsWith("delete") ? "remove" : isMade ? "add" : same ? "nothing" : "change",
    id: objectId({ apiVersion: `${apiGroup}/-`, kind: kinds.get(type) ?? resource, namespace, name }),
    startedAt: micros(entry["requestReceivedTimestamp"]),
    endedAt: micros(entry["stageTimestamp"]),
  };
}

function agentOf(userAgent: string): AuditedWrite["agent"] {
  return /^helm/i.test(userAgent) ? "helm" : userAgent.startsWith("flotilla") ? "flotilla" : "other";
}

/** The log's times have six digits behind the second, of which Date keeps three. */
function micros(time: string): number {
  const [, whole = "", digits = ""] = /^(.*)\.(\d{6})Z$/.exec(time) ?? [];
  return Date.parse(`${whole}Z`) * 1000 + Number(digits);
}
