import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { writeAppChart } from "../support/app-chart.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

describe.each(["helm4", "helm3"] as const)("a run is undone, %s", (tool) => {
  let folder: string;
  let env: Readonly<Record<string, string>>;

  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", join(folder, "flotilla.yaml"), "--sandbox"], { env });
  const json = async (...args: readonly string[]): Promise<KubeJson> => {
    const { stdout, stderr } = await run(...args, "-o", "json");
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as KubeJson;
  };
  /** Three releases, one on the other; `broken` never gets ready. */
  const write = (text: string, broken = false, names = ["one", "two", "three"]): Promise<void> =>
    writeFile(
      join(folder, "flotilla.yaml"),
      `apiVersion: flotilla/v1
stack: undo
releases:
${names
  .map(
    (name, index) => `  - name: ${name}
    namespace: undo
    chart: ./app
    needs: [${names.slice(0, index).slice(-1).join(", ")}]
    values: [{ text: ${text}, fails: ${broken && name === "three"} }]
    wait: { timeout: 4s }`,
  )
  .join("\n")}
`,
    );
  const texts = async (): Promise<readonly string[]> => {
    const found = await sandbox.api.get("/api/v1/namespaces/undo/configmaps");
    const own = (found?.["items"] ?? []).filter((item: KubeJson) => item["metadata"].name !== "kube-root-ca.crt");
    return own.map((item: KubeJson) => `${item["metadata"].name}=${item["data"].text}`);
  };
  /** What the cluster was told, without what counts on by itself. */
  const templates = async (): Promise<readonly unknown[]> => {
    const found = await sandbox.api.get("/apis/apps/v1/namespaces/undo/deployments");
    return (found?.["items"] ?? []).map((item: KubeJson) => [item["metadata"].name, item["spec"]]);
  };

  beforeAll(async () => {
    const helm = (await ensureTools([tool], quietContext()))[tool];
    env = { ...sandbox.env, FLOTILLA_HELM: helm };
    folder = await mkdtemp(join(tmpdir(), "undo-"));
    await writeAppChart(folder, "app");
  });

  beforeEach(() => sandbox.reset());

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("--on-failure=rollback takes every release back, and the next up with the old file has nothing to do", async () => {
    await write("old");
    await json("up", "--yes");
    const before = await templates();
    await write("new", true);
    const failed = await run("up", "--yes", "--on-failure", "rollback", "-o", "json");
    expect(failed.code).toBe(1);
    const result = JSON.parse(failed.stdout) as KubeJson;
    expect(result["outcome"]).toBe("rolled-back");
    expect(result["releases"].map((each: KubeJson) => [each["name"], each["outcome"], each["revisionAfter"]])).toEqual([
      ["one", "rolled-back", 3],
      ["two", "rolled-back", 3],
      ["three", "rolled-back", 3],
    ]);
    expect(result["releases"][2].diagnosis).not.toEqual([]);
    expect(await texts()).toEqual(["one=old", "three=old", "two=old"]);
    expect(await templates()).toEqual(before);
    await write("old");
    const again = await json("up", "--yes");
    expect(again["releases"].map((each: KubeJson) => each["outcome"])).toEqual(["unchanged", "unchanged", "unchanged"]);
    const { runs } = (await json("history")) as { runs: readonly KubeJson[] };
    expect(runs.map((each) => [each["command"], each["outcome"], each["undoes"]])).toEqual([
      ["rollback", "succeeded", result["run"]],
      ["up", "failed", null],
      ["up", "succeeded", null],
    ]);
  });

  test("a first install that fails leaves nothing but what is named", async () => {
    await write("new", true);
    const failed = await run("up", "--yes", "--on-failure", "rollback");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("undo was rolled back: 3 releases rolled-back");
    expect(failed.stderr).toContain("The namespaces undo stay");
    expect(await texts()).toEqual([]);
    expect(await templates()).toEqual([]);
    expect((await sandbox.api.get("/api/v1/namespaces/undo/secrets"))?.["items"]).toEqual([]);
  });

  test("rollback undoes the newest run, then the one before, in reverse order, and no run twice", async () => {
    await write("first", false, ["one", "two"]);
    await json("up", "--yes");
    await write("second");
    const second = await json("up", "--yes");
    await write("third");
    const third = await json("up", "--yes");
    const covered = await run("rollback", second["run"], "--yes");
    expect(covered.code).toBe(4);
    expect(covered.stderr).toContain(`has later runs on top of it: ${third["run"]}`);
    const undone = await json("rollback", "--yes");
    expect(undone["outcome"]).toBe("succeeded");
    expect(await texts()).toEqual(["one=second", "three=second", "two=second"]);
    const started = (name: string): number =>
      undone["releases"].find((each: KubeJson) => each["name"] === name).startedMs;
    expect(started("three")).toBeLessThan(started("two"));
    expect(started("two")).toBeLessThan(started("one"));
    const twice = await run("rollback", third["run"], "--yes");
    expect([twice.code, twice.stderr]).toEqual([4, expect.stringContaining("was undone already")]);
    const next = await json("rollback", "--yes");
    expect(next["releases"].map((each: KubeJson) => [each["name"], each["action"]])).toEqual([
      ["three", "uninstall"],
      ["two", "rollback"],
      ["one", "rollback"],
    ]);
    expect(await texts()).toEqual(["one=first", "two=first"]);
    await write("first", false, ["one", "two"]);
    expect((await json("up", "--yes"))["releases"].map((each: KubeJson) => each["outcome"])).toEqual([
      "unchanged",
      "unchanged",
    ]);
  });

  test("what somebody else has changed since is not undone, and a removal never is", async () => {
    await write("first");
    await json("up", "--yes");
    await write("second");
    await json("up", "--yes");
    const secret = await sandbox.api.get("/api/v1/namespaces/undo/secrets/sh.helm.release.v1.two.v1");
    await sandbox.api.send("DELETE", "/api/v1/namespaces/undo/secrets/sh.helm.release.v1.two.v1");
    expect(secret).not.toBeNull();
    const pruned = await run("rollback", "--yes");
    expect([pruned.code, pruned.stderr]).toEqual([4, expect.stringContaining("Helm keeps its revision 1 no longer")]);
    expect(await texts()).toEqual(["one=second", "three=second", "two=second"]);
    expect((await run("rollback", "no-such-run", "--yes")).code).toBe(2);
    await json("down", "--yes");
    const removed = await run("rollback", "--yes");
    expect([removed.code, removed.stderr]).toEqual([4, expect.stringContaining("removed the stack")]);
  });

  test("history shows who did what, keeps twenty runs, and closes those of dead processes", async () => {
    await write("first");
    const { child, done } = (await import("../support/flotilla.ts")).startFlotilla(
      ["up", "-c", join(folder, "flotilla.yaml"), "--sandbox", "--yes"],
      { env },
    );
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes("release/two: installing")) child.kill("SIGKILL");
    });
    await done;
    const [dead] = ((await json("history")) as { runs: readonly KubeJson[] }).runs;
    expect(dead).toMatchObject({ outcome: "running", command: "up" });
    await json("up", "--yes");
    const { runs } = (await json("history")) as { runs: readonly KubeJson[] };
    expect(runs.map(({ outcome }) => outcome)).toEqual(["succeeded", "interrupted"]);
    const one = await run("history", String(runs[0]?.["run"]));
    expect(one.stdout).toMatch(/by +\S+ on \S+, process \d+/);
    expect(one.stdout).toContain("three");
    const list = await sandbox.api.get("/api/v1/namespaces/flotilla-system/secrets");
    const journal = list?.["items"].find((item: KubeJson) => item["type"] === "flotilla.dev/run");
    for (let index = 0; index < 22; index += 1) {
      const name = `flotilla-run-undo-20200101-0000${String(index).padStart(2, "0")}-0000`;
      await sandbox.api.send("POST", "/api/v1/namespaces/flotilla-system/secrets", {
        ...journal,
        metadata: { name, labels: journal["metadata"].labels },
        data: index === 0 ? { "run.json": "" } : journal["data"],
      });
    }
    const damaged = await run("history");
    expect([damaged.code, damaged.stderr]).toEqual([0, expect.stringContaining("cannot be read")]);
    await write("second");
    await json("up", "--yes");
    const left = await sandbox.api.get(
      "/api/v1/namespaces/flotilla-system/secrets?fieldSelector=type%3Dflotilla.dev/run",
    );
    expect(left?.["items"]).toHaveLength(20);
  });
});
