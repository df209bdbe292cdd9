import { readFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { writeAppChart } from "../support/app-chart.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { eventOf } from "../support/event-of.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { limitedAccount, type RoleRule } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const STATE = "/api/v1/namespaces/flotilla-system";
const MERGE = "application/merge-patch+json";
const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"];
const rule = (group: string, ...resources: readonly string[]): RoleRule => ({
  apiGroups: [group],
  resources,
  verbs: VERBS,
});

let sandbox: TestSandbox;
let folder: string;
let file: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "state-faults-"));
  file = join(folder, "flotilla.yaml");
  await writeAppChart(folder, "app", { readyAfter: "1500ms" });
});

beforeEach(async () => {
  await sandbox.reset();
  await write("first");
});

afterAll(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const write = (text: string, more: object = {}): Promise<void> => {
  const release = { namespace: "apps", chart: "./app", values: [{ text }] };
  const releases = [
    { ...release, name: "one" },
    { ...release, name: "two", needs: ["one"] },
  ];
  return writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "faults", releases, ...more }));
};
const run = (...args: readonly string[]): Promise<CommandResult> =>
  flotilla([...args, "-c", file, "--sandbox"], { env: sandbox.env });
const succeed = async (...args: readonly string[]): Promise<KubeJson> => {
  const { code, stdout, stderr } = await run(...args, "-o", "json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as KubeJson;
};
/** Identity and content of what the releases have made. */
const maps = async (): Promise<readonly string[]> =>
  ((await sandbox.api.get("/api/v1/namespaces/apps/configmaps"))?.["items"] ?? [])
    .filter(({ metadata }: KubeJson) => metadata.name !== "kube-root-ca.crt")
    .map(({ metadata, data }: KubeJson) => `${metadata.name} ${metadata.uid} ${data.text}`);
const secretOf = async (type: string): Promise<string> => {
  const secrets = (await sandbox.api.get(`${STATE}/secrets?fieldSelector=type%3D${type}`))?.["items"] ?? [];
  return `${STATE}/secrets/${secrets.at(-1).metadata.name}`;
};
const scribble = (path: string, key: string): Promise<unknown> =>
  sandbox.api.send("PATCH", path, { data: { [key]: Buffer.from("{ by hand").toString("base64") } }, MERGE);

test("the state namespace is deleted in the middle of a run: it stops, and the next one finds everything", async () => {
  const running = startFlotilla(["up", "-c", file, "--sandbox", "--yes", "-o", "ndjson"], { env: sandbox.env });
  await eventOf(running, ({ type, release }) => type === "release-applied" && release === "one");
  // It sleeps until all is gone, and wakes before it has begun with the second release.
  running.child.kill("SIGSTOP");
  await sandbox.api.send("DELETE", STATE);
  expect(await until(async () => (await sandbox.api.get(STATE)) === null, 60_000)).toBe(true);
  running.child.kill("SIGCONT");
  const { code, stdout } = await running.done;
  expect(code).toBe(1);
  expect(stdout).toContain("has lost the stack's lock");
  const [one, ...others] = await maps();
  expect([one, others]).toEqual([expect.stringMatching(/^one .* first$/), []]);
  const next = await succeed("up", "--yes");
  expect(next["outcome"]).toBe("succeeded");
  expect(await maps()).toEqual([one, expect.stringMatching(/^two .* first$/)]);
  const again = await succeed("up", "--yes");
  expect(again["releases"]).toMatchObject([{ outcome: "unchanged" }, { outcome: "unchanged" }]);
});

test("a run's journal was edited by hand: it is named, and the runs before can still be undone", async () => {
  await succeed("up", "--yes");
  await write("second");
  await succeed("up", "--yes");
  await write("third");
  const third = await succeed("up", "--yes");
  await scribble(await secretOf("flotilla.dev/run"), "run.json");
  const named = await run("rollback", third["run"], "--yes");
  expect(named.code).not.toBe(0);
  expect(named.stderr).toContain("cannot be read");
  const before = await maps();
  // The release is at a revision that none of the runs that can be read has left: no undo on a guess.
  const refused = await run("rollback", "--yes");
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("somebody else has changed it since")]);
  expect(await maps()).toEqual(before);
  const up = await succeed("up", "--yes");
  expect(up["releases"]).toMatchObject([{ outcome: "unchanged" }, { outcome: "unchanged" }]);
});

test("the stack's record was edited by hand: refused before anything is touched, and mended by deleting it", async () => {
  await succeed("up", "--yes");
  const before = await maps();
  const record = await secretOf("flotilla.dev/stack");
  await scribble(record, "record.json");
  await write("second");
  for (const command of ["up", "down", "rollback"]) {
    const refused = await run(command, "--yes");
    expect([command, refused.code]).toEqual([command, 4]);
    expect(refused.stderr).toMatch(/record \(Secret flotilla-stack-faults in flotilla-system\) cannot be read/);
    expect(refused.stderr).toContain("delete the Secret");
  }
  expect(await maps()).toEqual(before);
  await sandbox.api.send("DELETE", record);
  expect((await succeed("up", "--yes"))["outcome"]).toBe("succeeded");
  expect(await maps()).toEqual(before.map((each) => each.replace("first", "second")));
});

test("no right to make Leases: said before anything is touched", async () => {
  for (const name of ["apps", "team-state"])
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name } });
  const kubeconfig = join(folder, "kubeconfig");
  await limitedAccount(
    sandbox,
    kubeconfig,
    { namespace: "apps", name: "deployer" },
    {
      apps: [rule("", "secrets", "configmaps", "services"), rule("apps", "deployments")],
      "team-state": [rule("", "secrets")],
    },
  );
  const environments = { here: { context: "limited" } };
  await write("first", { environments, state: { namespace: "team-state" } });
  const { code, stderr } = await flotilla(["up", "-c", file, "--kubeconfig", kubeconfig, "--yes"], {
    env: {
      ...sandbox.env,
      FLOTILLA_SANDBOX: undefined,
      FLOTILLA_HELM: (await ensureTools(["helm4"], quietContext())).helm4,
    },
  });
  expect(code).toBe(4);
  expect(stderr).toMatch(/leases\.coordination\.k8s\.io/);
  expect(stderr).toMatch(/team-state/);
  expect(await maps()).toEqual([]);
  expect((await sandbox.api.get("/api/v1/namespaces/team-state/secrets"))?.["items"]).toEqual([]);
});

test("the disk is full: the lock file cannot be written, it is said, and the old one is still there", async () => {
  const istio = { version: "1.30.5", source: sandbox.istioSource };
  await write("first", { istio });
  await succeed("lock");
  const before = await readFile(join(folder, "flotilla.lock"), "utf8");
  await write("first", { istio: { ...istio, version: "1.31.1" } });
  const full = await onFullDisk("lock", "-c", file, "--sandbox");
  expect(full.code).toBe(4);
  expect(full.stderr).toMatch(/error\[write-failed\]: \S*flotilla\.lock cannot be written: /);
  expect(full.stderr).toContain("Make room on that disk");
  expect(await readFile(join(folder, "flotilla.lock"), "utf8")).toBe(before);
  await rm(join(folder, "flotilla.lock"));
  const up = await onFullDisk("up", "-c", file, "--sandbox", "--yes");
  expect([up.code, up.stderr]).toEqual([4, expect.stringContaining("error[write-failed]")]);
  expect(await maps()).toEqual([]);
});

/** A process that may write no byte into a file is on a full disk, as far as it can see (setrlimit(2), RLIMIT_FSIZE). */
function onFullDisk(...args: readonly string[]): Promise<Pick<CommandResult, "code" | "stderr">> {
  const node = [process.execPath, join(packageRoot(), "bin", "flotilla"), ...args];
  const child = spawn("/bin/sh", ["-c", 'ulimit -f 0; exec "$@"', "full-disk", ...node], {
    env: { ...process.env, NO_COLOR: "1", ...sandbox.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr })));
}
