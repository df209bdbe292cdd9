import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { type RecordingHelm, recordingHelm } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

describe.each(["helm4", "helm3"] as const)("down with %s", (tool) => {
  let folder: string;
  let file: string;
  let helm: RecordingHelm;
  const run = (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, "--sandbox", "--yes", "-o", "json"], {
      env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
  const names = async (path: string): Promise<readonly string[]> =>
    ((await sandbox.api.get(path))?.["items"] ?? []).map(
      ({ metadata }: { metadata: { name: string } }) => metadata.name,
    );

  beforeAll(async () => {
    await sandbox.reset();
    folder = await mkdtemp(join(tmpdir(), "down-"));
    file = join(folder, "flotilla.yaml");
    await writeFile(
      file,
      `apiVersion: flotilla/v1
stack: leaving
istio:
  version: 1.31.1
  gateways:
    istio-ingressgateway: { role: ingress, namespace: istio-ingress }
    istio-egressgateway: { role: egress, namespace: istio-egress }
`,
    );
    helm = await recordingHelm((await ensureTools([tool], quietContext()))[tool], sandbox.kubeconfig);
    expect((await run("up")).code).toBe(0);
  });

  afterAll(async () => {
    await helm.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("uninstalls in reverse order, waits for finalizers, leaves the CRDs", async () => {
    const crds = await names(CRDS);
    const service = "/api/v1/namespaces/istio-ingress/services/istio-ingressgateway";
    await sandbox.api.send(
      "PATCH",
      service,
      { metadata: { finalizers: ["example.com/load-balancer"] } },
      "application/merge-patch+json",
    );
    await helm.clear();
    const down = startFlotilla(["down", "-c", file, "--sandbox", "--yes", "-o", "ndjson"], {
      env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
    });
    // It says what holds it up; then the hold is taken away.
    const held = await new Promise<string>((resolve) => {
      down.child.stdout?.on("data", (chunk: Buffer) => {
        const line = chunk
          .toString()
          .split("\n")
          .find((each) => each.includes("example.com/load-balancer"));
        if (line) resolve(line);
      });
    });
    expect(held).toContain("Service istio-ingressgateway");
    const uninstalled = (await helm.calls()).map(({ args }) => args[1]);
    expect(uninstalled).not.toContain("istiod");
    await sandbox.api.send("PATCH", service, { metadata: { finalizers: null } }, "application/merge-patch+json");
    expect((await down.done).code).toBe(0);

    const calls = (await helm.calls()).filter(({ args }) => args[0] === "uninstall");
    expect(calls.map(({ args }) => args[1]).slice(-2)).toEqual(["istiod", "istio-base"]);
    expect(calls).toHaveLength(4);
    expect(await names(CRDS)).toEqual(crds);
    expect(await names("/api/v1/services?labelSelector=app.kubernetes.io/managed-by=Helm")).toEqual([]);
    expect(await names("/api/v1/secrets?labelSelector=owner=helm")).toEqual([]);
  });

  test("run again, there is nothing to do and no helm is asked", async () => {
    await helm.clear();
    const again = await run("down");
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).releases).toEqual([]);
    expect(await helm.calls()).toEqual([]);
  });

  test("--crds and --namespaces take those along, and the stack's record with the last of them", async () => {
    expect((await run("up")).code).toBe(0);
    const down = await run("down", "--crds", "--namespaces");
    expect(down.stderr).not.toContain("error");
    expect(down.code).toBe(0);
    expect((await names(CRDS)).filter((name) => name.endsWith("istio.io"))).toEqual([]);
    expect((await names("/api/v1/namespaces")).filter((name) => name.startsWith("istio"))).toEqual([]);
    expect(await names("/api/v1/namespaces/flotilla-system/secrets")).toEqual([]);
    expect(await names("/apis/coordination.k8s.io/v1/namespaces/flotilla-system/leases")).toEqual([]);
  });
});
