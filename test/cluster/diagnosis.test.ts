import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { type CommandResult, flotilla, startFlotilla } from "../support/flotilla.ts";
import { deployment } from "../support/objects-chart.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";
import { SCENARIOS } from "./diagnosis-scenarios.ts";
import { type ObjectsFolder, objectsFolder } from "./objects-stack.ts";
import { holdNamespace } from "./scenario-objects.ts";

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

function run(helm: string, ...args: readonly string[]): Promise<CommandResult> {
  return flotilla([...args, "--sandbox"], { env: { ...sandbox.env, FLOTILLA_HELM: helm } });
}

function lines(text: string): readonly KubeJson[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as KubeJson);
}

describe.each(["helm4", "helm3"] as const)("what goes wrong is named, %s", (tool) => {
  // What Helm has no part in needs one of them only.
  const scenarios = SCENARIOS.filter(({ ofHelm = false, foreseen = false }) => (tool === "helm4" ? !foreseen : ofHelm));
  let up: CommandResult;
  let events: readonly KubeJson[];
  let releases: ReadonlyMap<string, KubeJson>;
  let helm: string;
  let file: string;

  beforeAll(async () => {
    await sandbox.reset();
    helm = (await ensureTools([tool], quietContext()))[tool];
    for (const { name, namespaceLabels = {}, before } of scenarios) {
      await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name, labels: namespaceLabels } });
      await before?.(sandbox.api, name);
    }
    file = await folder.write("matrix", [
      ...scenarios.map(({ name, objects, code, wait }) => ({
        name,
        objects,
        wait: wait ?? { giveUp: { [code]: "1s" } },
      })),
      { name: "well", objects: [deployment("app", { marks: { "ready-after": "3s" } })] },
    ]);
    up = await run(helm, "up", "-c", file, "--yes", "-o", "ndjson");
    events = lines(up.stdout);
    const result = events.at(-1);
    releases = new Map(result?.["releases"].map((release: KubeJson) => [release["name"], release]));
  });

  test("the run fails, and what does not depend on a failure goes on", () => {
    expect(up.code).toBe(1);
    expect(releases.get("well")).toMatchObject({ outcome: "ready", diagnosis: [] });
  });

  test.each(scenarios)("$name", ({ name, code, object, says, hint, wait }) => {
    const release = releases.get(name);
    const [first] = release?.["diagnosis"] ?? [];
    expect(release).toMatchObject({ outcome: "failed" });
    expect(first, JSON.stringify(first)).toMatchObject({ code, severity: "error" });
    expect([first.message, ...first.evidence].join("\n")).toMatch(says);
    expect(first.hint).toMatch(hint);
    expect(first.object).toMatchObject({ kind: object[0], name: expect.stringMatching(object[1]) });
    // The same cause is told once.
    expect(release?.["diagnosis"].filter((each: KubeJson) => each["code"] === code)).toHaveLength(1);
    const finished = events.find((event) => event["type"] === "step-finished" && event["release"] === name);
    if (wait === undefined) {
      // It was named before the step ended, and the end came by the diagnosis.
      expect(finished?.["message"]).toMatch(/^Given up after/);
      const named = events.find((event) => event["type"] === "diagnosis" && event["release"] === name);
      expect(named?.["diagnosis"][0]).toMatchObject({ code });
      expect(named?.["seq"]).toBeLessThan(finished?.["seq"]);
    }
  });

  test("events of the cluster are told under their release, each once", () => {
    const told = events.filter((event) => event["type"] === "cluster-event");
    const reasons = (release: string): string[] =>
      told.filter((event) => event["release"] === release).map((event) => event["reason"] as string);
    expect(reasons("image-pull")).toEqual(["Failed", "BackOff"]);
    expect(reasons("well")).toEqual([]);
  });

  test("diagnose and status say the same afterwards", async () => {
    const found = await run(helm, "diagnose", "image-pull", "well", "-c", file, "-o", "json");
    expect(found.code).toBe(1);
    const [broken, well] = JSON.parse(found.stdout).releases;
    expect(broken).toMatchObject({ ready: false, diagnosis: [{ code: "image-pull", severity: "error" }] });
    expect(well).toMatchObject({ ready: true, diagnosis: [] });
    expect((await run(helm, "diagnose", "well", "-c", file)).code).toBe(0);
    const text = await run(helm, "diagnose", "hook-failed", "-c", file);
    expect(text.code).toBe(1);
    expect(text.stdout).toContain("hook-failed  Job hook-failed/prepare");
    const status = await run(helm, "status", "-c", file, "-o", "json");
    const codes = new Map<string, string[]>(
      JSON.parse(status.stdout).releases.map((release: KubeJson) => [
        release["name"],
        release["diagnosis"].map((each: KubeJson) => each["code"]),
      ]),
    );
    const left = scenarios.filter(({ leavesNothing = false }) => !leavesNothing);
    for (const { name, code } of left) expect([name, codes.get(name)]).toEqual([name, expect.arrayContaining([code])]);
  });
});

describe("what stays as it is", () => {
  test("a namespace that does not go away is named, and given up", async () => {
    await sandbox.reset();
    const helm = (await ensureTools(["helm4"], quietContext())).helm4;
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "leaving" } });
    await holdNamespace(sandbox.api, "leaving");
    const wait = { giveUp: { "namespace-terminating": "10s" } };
    const file = await folder.write("leaving", [{ name: "leaving", objects: [deployment("app")], wait }]);
    const up = await run(helm, "up", "-c", file, "--yes", "-o", "ndjson");
    expect(up.code).toBe(1);
    const finished = lines(up.stdout).find(
      ({ type, step }) => type === "step-finished" && step === "namespace/leaving",
    );
    expect(finished?.["message"]).toMatch(/^Given up after/);
    expect(finished?.["diagnosis"]).toMatchObject([
      { code: "namespace-terminating", severity: "error", object: { kind: "Namespace", name: "leaving" } },
    ]);
    expect(finished?.["diagnosis"][0].message).toContain("example.com/hold");
    expect(finished?.["diagnosis"][0].hint).toContain("kubectl get namespace leaving");
  });
});

describe.each(["helm4", "helm3"] as const)("what helm refuses by itself, %s", (tool) => {
  test("a field that nobody may change is named at once", async () => {
    await sandbox.reset();
    const helm = (await ensureTools([tool], quietContext()))[tool];
    // The plan foresees what it can. A claim may grow once it is bound: this one never is, which only the API server knows.
    const claim = (storage: string): object => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: { storageClassName: "", accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    });
    const first = await folder.write("fixed", [{ name: "fixed", objects: [claim("1Gi")], wait: false }]);
    expect((await run(helm, "up", "-c", first, "--yes")).code).toBe(0);
    const second = await folder.write("fixed", [{ name: "fixed", objects: [claim("2Gi")], wait: false }]);
    const up = await run(helm, "up", "-c", second, "--yes", "-o", "json");
    expect(up.code).toBe(1);
    const [release] = JSON.parse(up.stdout).releases;
    expect(release.diagnosis[0]).toMatchObject({
      code: "immutable-field",
      severity: "error",
      object: { kind: "PersistentVolumeClaim", name: "data" },
      message: expect.stringMatching(/lets nobody change.*spec is immutable after creation/),
      hint: expect.stringMatching(/deleted and made anew/),
    });
  });
});

describe("status --watch", () => {
  test("tells each change as a line, and ends well on Ctrl-C", async () => {
    await sandbox.reset();
    const helm = (await ensureTools(["helm4"], quietContext())).helm4;
    const file = await folder.write("watched", [{ name: "watched", objects: [deployment("app")] }]);
    expect((await run(helm, "up", "-c", file, "--yes")).code).toBe(0);
    const watching = startFlotilla(["status", "--watch", "-c", file, "--sandbox", "-o", "ndjson"], {
      env: sandbox.env,
    });
    let output = "";
    watching.child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const told = (): readonly KubeJson[] => (output === "" ? [] : lines(output.slice(0, output.lastIndexOf("\n"))));
    const readiness = (): unknown[] => told().map((status) => status["releases"][0].ready);
    expect(await until(() => readiness().length === 1, 20_000)).toBe(true);
    await sandbox.api.send(
      "PATCH",
      "/apis/apps/v1/namespaces/watched/deployments/app",
      { spec: { template: { metadata: { labels: { "sandbox.flotilla.dev/fails": "image-pull" } } } } },
      "application/merge-patch+json",
    );
    const code = (): unknown => told().at(-1)?.["releases"][0].diagnosis[0]?.code;
    expect(await until(() => code() === "image-pull", 20_000)).toBe(true);
    expect(readiness()[0]).toBe(true);
    watching.child.kill("SIGINT");
    expect((await watching.done).code).toBe(0);
    const texts = told().map(({ releases, addresses }) => JSON.stringify([releases, addresses]));
    expect(texts.every((text, index) => text !== texts[index - 1])).toBe(true);
  });

  test("is no single JSON document", async () => {
    const refused = await flotilla(["status", "--watch", "-o", "json", "--sandbox"], { env: sandbox.env });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("-o ndjson");
  });
});
