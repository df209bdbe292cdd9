import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { deployment, job } from "../support/objects-chart.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";
import { type ObjectsFolder, objectsFolder } from "./objects-stack.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const APP = deployment("app");
/** Goes on until the mark is taken away. */
const PREPARES = job("prepare", { "helm.sh/hook": "pre-upgrade" }, { marks: { fails: "never-ready" } });

let sandbox: TestSandbox;
let folder: ObjectsFolder;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await objectsFolder();
});

afterAll(async () => {
  await sandbox.stop();
  await folder.remove();
});

describe.each(["helm4", "helm3"] as const)("%s", (tool) => {
  test("a release that another helm is at work on is named, and left alone until it is done", async () => {
    await sandbox.reset();
    const helm = (await ensureTools([tool], quietContext()))[tool];
    const file = await folder.write("shop", [{ name: "shop", objects: [APP] }]);
    const run = (...args: readonly string[]): Promise<CommandResult> =>
      flotilla([...args, "-c", file, "--sandbox"], { env: { ...sandbox.env, FLOTILLA_HELM: helm } });
    const diagnose = async (): Promise<readonly [code: number | null, release: KubeJson]> => {
      const { code, stdout } = await run("diagnose", "-o", "json");
      return [code, JSON.parse(stdout).releases[0]];
    };
    expect((await run("up", "--yes")).code).toBe(0);

    const values = join(dirname(folder.chart), "by-hand.json");
    await writeFile(values, JSON.stringify({ objects: [PREPARES, APP] }));
    const place = ["--kubeconfig", sandbox.kubeconfig, "--kube-context", sandbox.context, "--namespace", "shop"];
    const other = promisify(execFile)(helm, ["upgrade", "shop", folder.chart, "--values", values, ...place]);
    const preparing = async (): Promise<KubeJson | undefined> =>
      (await sandbox.api.get(`${PODS}?labelSelector=app%3Dprepare`))?.["items"][0];
    expect(await until(async () => (await preparing()) !== undefined, 60_000)).toBe(true);

    const [code, locked] = await diagnose();
    expect(locked).toMatchObject({ helmStatus: "pending-upgrade", ready: false });
    expect(locked["diagnosis"][0]).toMatchObject({
      code: "release-locked",
      severity: "warning",
      object: null,
      message: "Release shop is pending-upgrade: somebody is at work on it, or a helm was killed there.",
      hint: expect.stringContaining("helm history shop --namespace shop"),
    });
    expect(code).toBe(0);
    const refused = await run("up", "--yes");
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("error[release-locked]");

    const unmarked = { metadata: { labels: { "sandbox.flotilla.dev/fails": null } } };
    const pod = (await preparing())?.["metadata"].name as string;
    await sandbox.api.send("PATCH", `${PODS}/${pod}`, unmarked, "application/merge-patch+json");
    await other;
    const up = await run("up", "--yes", "-o", "json");
    expect(up.code, up.stderr).toBe(0);
    expect(JSON.parse(up.stdout).releases).toMatchObject([{ action: "upgrade", outcome: "ready", diagnosis: [] }]);
    expect(await diagnose()).toEqual([0, expect.objectContaining({ ready: true, diagnosis: [] })]);
  });
});
