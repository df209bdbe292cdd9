import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;
let folder: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "prune-"));
  await mkdir(join(folder, "app", "templates"), { recursive: true });
  await writeFile(join(folder, "app", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}" }\n';
  await writeFile(join(folder, "app", "templates", "app.yaml"), map);
});

beforeEach(() => sandbox.reset());

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<CommandResult> =>
  flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox"], { env: sandbox.env });

async function json(...args: readonly string[]): Promise<KubeJson> {
  const { stdout, stderr } = await run(...args, "-o", "json");
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as KubeJson;
}

const write = (releases: readonly string[]): Promise<void> =>
  writeFile(
    join(folder, "flotilla.yaml"),
    `apiVersion: flotilla/v1\nstack: prune\nreleases:\n${releases.map((each) => `  - ${each}\n`).join("")}`,
  );

const ONE = "{ name: one, namespace: apps, chart: ./app }";
const TWO = "{ name: two, namespace: apps, chart: ./app, needs: [one] }";
const THREE = "{ name: three, namespace: other, chart: ./app, needs: [two] }";

async function releases(): Promise<readonly string[]> {
  const found = await sandbox.api.get("/api/v1/secrets?labelSelector=owner%3Dhelm");
  return found?.["items"].map((each: KubeJson) => `${each["metadata"].namespace}/${each["metadata"].labels.name}`);
}

test("a release that left the file stays and is named; --prune uninstalls it after all that stays", async () => {
  await write([ONE, TWO, THREE]);
  await json("up", "--yes");
  await write([ONE]);
  const plan = await run("plan");
  expect(plan.stdout).toContain("three (namespace other) left the stack file and stays: --prune uninstalls it.");
  expect((await json("up", "--yes"))["releases"].map((each: KubeJson) => each["outcome"])).toEqual(["unchanged"]);
  expect(await releases()).toEqual(["apps/one", "apps/two", "other/three"]);
  const planned = await json("plan", "--prune");
  expect(planned["summary"]).toMatchObject({ unchanged: 1, uninstall: 2 });
  expect(planned["steps"].filter((step: KubeJson) => step["kind"] === "prune")).toEqual([
    expect.objectContaining({ release: "three", namespace: "other", action: "uninstall", needs: ["release/one"] }),
    expect.objectContaining({ release: "two", needs: ["release/one", "prune/other/three"] }),
  ]);
  const pruned = await json("up", "--prune", "--yes");
  expect(pruned["outcome"]).toBe("succeeded");
  expect(await releases()).toEqual(["apps/one"]);
  expect((await json("plan", "--prune"))["summary"]).toMatchObject({ uninstall: 0 });
});

test("--only takes nothing away", async () => {
  await write([ONE, TWO]);
  await json("up", "--yes");
  await write([ONE]);
  await json("up", "--only", "one", "--prune", "--yes");
  expect(await releases()).toEqual(["apps/one", "apps/two"]);
});

test("a release that moves to another namespace leaves one behind, which --prune takes and no more", async () => {
  await write([ONE]);
  await json("up", "--yes");
  await write([ONE.replace("apps", "new")]);
  await json("up", "--yes");
  expect(await releases()).toEqual(["apps/one", "new/one"]);
  await json("up", "--prune", "--yes");
  expect(await releases()).toEqual(["new/one"]);
  expect((await json("up", "--yes"))["releases"].map((each: KubeJson) => each["outcome"])).toEqual(["unchanged"]);
});
