import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { writeChartFolder } from "../support/chart-archive.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { limitedAccount, type RoleRule } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const APP = `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec: { containers: [{ name: app, image: app }] }
---
apiVersion: v1
kind: Service
metadata: { name: "{{ .Release.Name }}" }
spec: { selector: { app: app }, ports: [{ port: 80 }] }
`;
const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"];
const rule = (group: string, ...resources: readonly string[]): RoleRule => ({
  apiGroups: [group],
  resources,
  verbs: VERBS,
});

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(() => sandbox.stop());

/** Rights in two namespaces that others have made, and nothing beyond: not even to look at the namespaces themselves. */
describe.each(["helm4", "helm3"] as const)("a user of two namespaces, %s", (tool) => {
  let folder: string;
  let file: string;
  let who: string;
  const run = async (...args: readonly string[]): Promise<CommandResult> =>
    flotilla([...args, "-c", file, "--kubeconfig", join(folder, "kubeconfig"), "--yes", "-o", "json"], {
      env: {
        ...sandbox.env,
        FLOTILLA_SANDBOX: undefined,
        FLOTILLA_HELM: (await ensureTools([tool], quietContext()))[tool],
      },
    });
  const write = (more = ""): Promise<void> =>
    writeFile(
      file,
      `apiVersion: flotilla/v1
stack: team
environments: { here: { context: limited } }
state: { namespace: team-state }
releases: [{ name: app, namespace: team-a, chart: ./app }]
${more}`,
    );

  beforeAll(async () => {
    await sandbox.reset();
    folder = await mkdtemp(join(tmpdir(), "namespace-user-"));
    file = join(folder, "flotilla.yaml");
    await writeChartFolder(join(folder, "app"), {
      name: "app",
      version: "1.0.0",
      files: { "templates/app.yaml": APP },
    });
    await write();
    for (const name of ["team-a", "team-state"])
      await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name } });
    who = await limitedAccount(
      sandbox,
      join(folder, "kubeconfig"),
      { namespace: "team-a", name: "deployer" },
      {
        "team-a": [rule("", "secrets", "configmaps", "services"), rule("apps", "deployments")],
        "team-state": [rule("", "secrets"), rule("coordination.k8s.io", "leases")],
      },
    );
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("is told by doctor that nothing stands in the way, and what could not be looked at", async () => {
    const { code, stdout } = await run("doctor");
    const { findings } = JSON.parse(stdout);
    expect(findings.filter(({ severity }: { severity: string }) => severity !== "info")).toEqual([]);
    expect(code).toBe(0);
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "identity", message: expect.stringContaining(who) }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "unchecked", message: expect.stringContaining("Not looked at: the nodes") }),
    );
  });

  test("installs an application, sees it, and finds nothing to do the second time", async () => {
    const up = await run("up");
    expect(up.stderr).not.toContain("error");
    expect(up.code).toBe(0);
    expect(JSON.parse(up.stdout).releases).toMatchObject([{ name: "app", outcome: "ready", action: "install" }]);
    expect(JSON.parse((await run("status")).stdout).releases).toMatchObject([{ name: "app", ready: true }]);
    expect(JSON.parse((await run("up")).stdout).releases).toMatchObject([{ name: "app", outcome: "unchanged" }]);
  });

  test("is told what is missing for Istio, by place, and up refuses before anything is touched", async () => {
    await write(`istio: { version: 1.31.1, source: ${sandbox.istioSource} }\n`);
    const { code, stdout } = await run("doctor");
    expect(code).toBe(4);
    const missing = JSON.parse(stdout)
      .findings.filter((finding: { code: string }) => finding.code === "permission-missing")
      .map(({ message }: { message: string }) => message);
    expect(missing[0]).toContain(`Cluster-wide, ${who} may not`);
    expect(missing[0]).toContain("customresourcedefinitions.apiextensions.k8s.io");
    expect(missing[0]).toContain("clusterroles.rbac.authorization.k8s.io");
    expect(missing.slice(1).join("\n")).toMatch(/In namespace istio-system, .* may not/);
    expect(missing.join("\n")).not.toContain("In namespace team-");

    const up = await run("up");
    expect(up.code).toBe(4);
    expect(up.stderr).toContain("error[preflight-failed]");
    expect(up.stderr).toMatch(/Cluster-wide, You may not .*customresourcedefinitions/);
    expect((await sandbox.api.get("/api/v1/secrets?labelSelector=owner=helm"))?.["items"]).toHaveLength(1);
    await write();
  });

  test("removes it again", async () => {
    const down = await run("down");
    expect(down.stderr).not.toContain("error");
    expect(down.code).toBe(0);
    expect((await sandbox.api.get("/apis/apps/v1/namespaces/team-a/deployments"))?.["items"]).toEqual([]);
    expect((await sandbox.api.get("/api/v1/secrets?labelSelector=owner=helm"))?.["items"]).toEqual([]);
    expect((await sandbox.api.get("/api/v1/namespaces/team-state/secrets"))?.["items"]).toEqual([]);
  });
});
