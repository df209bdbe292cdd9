import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { flotilla } from "../support/flotilla.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const run = promisify(execFile);
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

/** What people do to releases with helm alone, beside flotilla. */
describe.each(["helm4", "helm3"] as const)("releases in other hands, %s", (tool) => {
  let folder: string;
  let file: string;
  let binary: string;
  const helm = async (...args: readonly string[]): Promise<string> =>
    (await run(binary, [...args, "--kubeconfig", sandbox.kubeconfig, "--namespace", "apps"])).stdout;
  const up = async (): Promise<{ outcome: string; action: string; revisionAfter: number }> => {
    const { stdout, stderr } = await flotilla(["up", "-c", file, "--sandbox", "--yes", "-o", "json"], {
      env: { ...sandbox.env, FLOTILLA_HELM: binary },
    });
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout).releases[0];
  };

  beforeAll(async () => {
    await sandbox.reset();
    binary = (await ensureTools([tool], quietContext()))[tool];
    folder = await mkdtemp(join(tmpdir(), "by-hand-"));
    file = join(folder, "flotilla.yaml");
    await writeFile(
      file,
      `apiVersion: flotilla/v1
stack: by-hand
releases:
  - name: gateway
    namespace: apps
    chart: { source: ${sandbox.istioSource}, name: gateway }
    version: 1.31.1
    values: [{ service: { type: ClusterIP } }]
`,
    );
    expect(await up()).toMatchObject({ outcome: "ready", action: "install", revisionAfter: 1 });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("helm sees an ordinary release", async () => {
    const [release] = JSON.parse(await helm("list", "-o", "json"));
    expect(release).toMatchObject({ name: "gateway", namespace: "apps", status: "deployed", chart: "gateway-1.31.1" });
    expect(Number(release.revision)).toBe(1);
    expect(await up()).toMatchObject({ outcome: "unchanged", revisionAfter: 1 });
  });

  test("after helm upgrade by hand the next up makes it again what the stack file says", async () => {
    const chart = sandbox.istioSource.startsWith("http")
      ? ["gateway", "--repo", sandbox.istioSource, "--version", "1.31.1"]
      : [join(sandbox.istioSource, "gateway-1.31.1.tgz")];
    await helm("upgrade", "gateway", ...chart, "--set", "service.type=NodePort");
    const service = (): Promise<string> =>
      sandbox.api.get("/api/v1/namespaces/apps/services/gateway").then((found) => found?.["spec"].type);
    expect(await service()).toBe("NodePort");
    expect(await up()).toMatchObject({ outcome: "ready", action: "upgrade", revisionAfter: 3 });
    expect(await service()).toBe("ClusterIP");
    expect(await up()).toMatchObject({ outcome: "unchanged", revisionAfter: 3 });
  });

  test("after helm rollback by hand as well, even to a revision of flotilla's own", async () => {
    await helm("rollback", "gateway", "1");
    expect(await up()).toMatchObject({ outcome: "ready", action: "upgrade", revisionAfter: 5 });
    expect(await up()).toMatchObject({ outcome: "unchanged", revisionAfter: 5 });
  });

  test("after helm uninstall by hand it is installed again", async () => {
    await helm("uninstall", "gateway", "--wait");
    expect(await up()).toMatchObject({ outcome: "ready", action: "install" });
  });

  test("a release that somebody else made is refused, exit 4, and stays as it is", async () => {
    const other = join(folder, "other.yaml");
    await writeFile(
      other,
      `apiVersion: flotilla/v1\nstack: other\nreleases:\n  - { name: gateway, namespace: apps, chart: { source: ${sandbox.istioSource}, name: gateway } }\n`,
    );
    const refused = await flotilla(["up", "-c", other, "--sandbox", "--yes"], { env: sandbox.env });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('belongs to the stack "by-hand"');
    const revisions = JSON.parse(await helm("history", "gateway", "-o", "json"));
    expect(revisions).toHaveLength(1);
  });
});
