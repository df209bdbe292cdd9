import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KubeJson } from "../support/cluster-api.ts";
import { eventOf } from "../support/event-of.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { writeAppChart } from "../support/app-chart.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases/flotilla-meeting";
const RECORD = "/api/v1/namespaces/flotilla-system/secrets/flotilla-stack-meeting";
const MERGE = "application/merge-patch+json";

let sandbox: TestSandbox;
let folder: string;
let args: readonly string[];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "two-runs-"));
  // So long that two runs do meet.
  await writeAppChart(folder, "app", { readyAfter: "2s" });
  const file = join(folder, "flotilla.yaml");
  const release = { namespace: "meeting", chart: "./app" };
  const releases = [
    { ...release, name: "one" },
    { ...release, name: "two", needs: ["one"] },
  ];
  await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "meeting", releases }));
  args = ["-c", file, "--sandbox", "--yes"];
});

beforeEach(() => sandbox.reset());

afterAll(async () => {
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const up = (...more: readonly string[]): Promise<CommandResult> =>
  flotilla(["up", ...args, ...more], { env: sandbox.env });
const start = () => startFlotilla(["up", ...args, "-o", "ndjson"], { env: sandbox.env });
/** Names and revisions of what helm has made. */
const revisions = async (): Promise<readonly string[]> => {
  const secrets = await sandbox.api.get("/api/v1/namespaces/meeting/secrets?labelSelector=owner=helm");
  return (secrets?.["items"] ?? []).map(({ metadata }: KubeJson) => metadata.name.replace("sh.helm.release.v1.", ""));
};

test.for(Array.from({ length: 10 }, (_, index) => index + 1))(
  "of two that start at once exactly one works, and the other says who, time %i",
  async () => {
    const both = await Promise.all([up(), up()]);
    expect(both.map(({ code }) => code).toSorted(), both.map(({ stderr }) => stderr).join()).toEqual([0, 4]);
    const refused = both.find(({ code }) => code === 4);
    expect(refused?.stderr).toMatch(/error\[(?:run-locked|release-locked)\].*process \d+/);
    expect(await revisions()).toEqual(["one.v1", "two.v1"]);
    expect(await sandbox.api.get(LEASE)).toBeNull();
  },
);

test("--wait-for-lock waits for the other run, and then plans what is left to do: nothing", async () => {
  const first = start();
  await eventOf(first, ({ type, release }) => type === "step-started" && release === "one");
  const second = await up("--wait-for-lock", "60s", "-o", "json");
  expect(second.code, second.stderr).toBe(0);
  const { releases } = JSON.parse(second.stdout);
  expect(releases.map(({ outcome }: KubeJson) => outcome)).toEqual(["unchanged", "unchanged"]);
  expect((await first.done).code).toBe(0);
});

test("a run that was stopped for longer than its lock lasts, and was overtaken, does nothing any more", async () => {
  const first = start();
  await eventOf(first, ({ type, release }) => type === "release-applied" && release === "one");
  first.child.kill("SIGSTOP");
  const second = await up("--wait-for-lock", "60s");
  expect(second.code, second.stderr).toBe(0);
  const after = await revisions();
  first.child.kill("SIGCONT");
  const { code, stdout } = await first.done;
  expect(code).toBe(1);
  expect(stdout).toContain("has lost the stack's lock");
  expect(stdout).not.toMatch(/"type":"step-started"[^\n]*"two"/);
  expect(await revisions()).toEqual(after);
  expect(JSON.parse((await up("-o", "json")).stdout).releases).toMatchObject([
    { outcome: "unchanged" },
    { outcome: "unchanged" },
  ]);
});

describe("when the holder is killed, the next run takes over", () => {
  test("at once on the same host", async () => {
    const first = start();
    await eventOf(first, ({ type, release }) => type === "step-started" && release === "one");
    first.child.kill("SIGKILL");
    await first.done;
    const next = await up("-o", "json");
    expect(next.code, next.stderr).toBe(0);
    expect(JSON.parse(next.stdout).outcome).toBe("succeeded");
  });

  test("from another host as soon as nobody has renewed the lock for its time", async () => {
    const first = start();
    await eventOf(first, ({ type, release }) => type === "release-applied" && release === "one");
    first.child.kill("SIGKILL");
    await first.done;
    await moveElsewhere();
    const refused = await up();
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("on elsewhere.example")]);
    const next = await up("--wait-for-lock", "20s", "-o", "json");
    expect(next.code, next.stderr).toBe(0);
    expect(JSON.parse(next.stdout).outcome).toBe("succeeded");
  });

  test("also when that run has found nothing to do: no lock and no open run is left behind", async () => {
    expect((await up()).code).toBe(0);
    const runs = "/api/v1/namespaces/flotilla-system/secrets?fieldSelector=type%3Dflotilla.dev/run";
    const [secret] = (await sandbox.api.get(runs))?.["items"] ?? [];
    const entry = JSON.parse(Buffer.from(secret.data["run.json"], "base64").toString());
    const dead = { ...entry.owner, pid: 2 ** 22 + 1 };
    // As a run leaves it that is killed between its last step and its end.
    const left = { ...entry, owner: dead, outcome: "running", finishedAt: null };
    await patchSecret(`/api/v1/namespaces/flotilla-system/secrets/${secret.metadata.name}`, "run.json", left);
    await sandbox.api.send("POST", LEASE.replace(/\/[^/]+$/, ""), {
      metadata: { name: "flotilla-meeting", annotations: { "flotilla.dev/owner": JSON.stringify(dead) } },
      spec: { renewTime: new Date().toISOString().replace("Z", "000Z") },
    });
    const again = await up("-o", "json");
    expect(JSON.parse(again.stdout).releases).toMatchObject([{ outcome: "unchanged" }, { outcome: "unchanged" }]);
    expect(await sandbox.api.get(LEASE)).toBeNull();
    const history = await flotilla(["history", ...args, "-o", "json"], { env: sandbox.env });
    expect(JSON.parse(history.stdout).runs).toMatchObject([{ outcome: "interrupted" }]);
  });
});

/** As if the run had been on another machine. */
async function moveElsewhere(): Promise<void> {
  const lease = await sandbox.api.get(LEASE);
  const owner = { ...JSON.parse(lease?.["metadata"].annotations["flotilla.dev/owner"]), host: "elsewhere.example" };
  await sandbox.api.send(
    "PATCH",
    LEASE,
    { metadata: { annotations: { "flotilla.dev/owner": JSON.stringify(owner) } } },
    MERGE,
  );
  const record = JSON.parse(Buffer.from((await sandbox.api.get(RECORD))?.["data"]["record.json"], "base64").toString());
  for (const release of Object.values(record.releases) as KubeJson[]) {
    if (release["intent"]) release["intent"].owner.host = "elsewhere.example";
  }
  await patchSecret(RECORD, "record.json", record);
}

async function patchSecret(path: string, key: string, value: object): Promise<void> {
  const data = { [key]: Buffer.from(JSON.stringify(value)).toString("base64") };
  await sandbox.api.send("PATCH", path, { data }, MERGE);
}
