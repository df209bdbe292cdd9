import { join } from "node:path";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { type RecordingHelm, recordingHelm, upgradeCall } from "../support/recording-helm.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const RELEASES = ["istio-base", "istiod", "istio-ingressgateway", "istio-egressgateway", "dicom"];

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

describe.each(["helm4", "helm3"] as const)("the quickstart with %s", (tool) => {
  let folder: string;
  let helm: RecordingHelm;
  let first: CommandResult;
  let file: string;
  const up = (): Promise<CommandResult> =>
    flotilla(["up", "-c", file, "--sandbox", "--yes", "-o", "json"], {
      env: { ...sandbox.env, PATH: `${helm.folder}:${process.env["PATH"]}` },
    });

  beforeAll(async () => {
    await sandbox.reset();
    folder = await mkdtemp(join(tmpdir(), "quickstart-"));
    file = join(folder, "flotilla.yaml");
    // A copy: the lock that is written beside it must not be the one of the user's own clone.
    const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
    await writeFile(file, example.replace("../../charts/dicom", join(packageRoot(), "charts", "dicom")));
    helm = await recordingHelm((await ensureTools([tool], quietContext()))[tool], sandbox.kubeconfig);
    first = await up();
  });

  afterAll(async () => {
    await helm.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("ends with five releases ready at revision 1 and an address", () => {
    expect(first.stderr).not.toContain("error");
    expect(first.code).toBe(0);
    const result = JSON.parse(first.stdout);
    expect(result.outcome).toBe("succeeded");
    expect(result.releases.map((release: { name: string }) => release.name)).toEqual(RELEASES);
    for (const release of result.releases) {
      expect(release).toMatchObject({ outcome: "ready", revisionBefore: null, revisionAfter: 1, action: "install" });
    }
    expect(result.addresses).toHaveLength(1);
    expect(result.addresses[0].ports.map(({ port }: { port: number }) => port)).toContain(11112);
  });

  test("starts each helm only when what it needs is there, as the cluster told helm's wrapper", async () => {
    const calls = await helm.calls();
    const [base, istiod, ingress, egress, dicom] = RELEASES.map((name) => upgradeCall(calls, name));
    expect(base?.before.crds).toBe(0);
    expect(istiod?.startedAt).toBeGreaterThanOrEqual(base?.endedAt ?? Infinity);
    expect(istiod?.before.crds).toBeGreaterThan(10);
    expect(istiod?.before.establishedCrds).toBe(istiod?.before.crds);
    for (const gateway of [ingress, egress]) expect(gateway?.before.available).toContain("istio-system/istiod");
    expect(egress?.startedAt).toBeLessThan(ingress?.endedAt ?? 0);
    expect(ingress?.startedAt).toBeLessThan(egress?.endedAt ?? 0);
    expect(dicom?.before.available).toEqual(
      expect.arrayContaining(["istio-ingress/istio-ingressgateway", "istio-egress/istio-egressgateway"]),
    );
    expect(dicom?.before.addresses).toEqual(["istio-ingress/istio-ingressgateway"]);
  });

  test("run again, changes nothing and spawns no helm", async () => {
    await helm.clear();
    const again = await up();
    expect(again.code).toBe(0);
    for (const release of JSON.parse(again.stdout).releases) {
      expect(release).toMatchObject({ outcome: "unchanged", revisionBefore: 1, revisionAfter: 1 });
    }
    expect(await helm.calls()).toEqual([]);
  });

  test("says where Istio's charts come from and pins them", async () => {
    expect(first.stderr).toMatch(/Istio: (the official charts|charts packed on this machine)/);
    expect(await readFile(join(folder, "flotilla.lock"), "utf8")).toMatch(
      /istiod:\n {4}chart: istiod\n {4}version: 1\.31\.\d+/,
    );
  });

  test("status shows what is there", async () => {
    const status = await flotilla(["status", "-c", file, "--sandbox", "-o", "json"], { env: sandbox.env });
    expect(status.code).toBe(0);
    for (const release of JSON.parse(status.stdout).releases) {
      expect(release).toMatchObject({ ready: true, helmStatus: "deployed", revision: 1, diagnosis: [] });
    }
  });
});
