import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type Editable, HAND_EDITS, type HandEdit, MANIFEST } from "../plan/hand-edits.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { editObject } from "../support/edit-object.ts";
import { flotilla } from "../support/flotilla.ts";
import { writeObjectsChart } from "../support/objects-chart.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const PLURALS: Readonly<Record<string, string>> = {
  NetworkPolicy: "networkpolicies",
};
const CLUSTER_WIDE = [
  "CustomResourceDefinition",
  "ClusterRole",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
];

/** Its address in the API. */
function collectionOf({ apiVersion, kind }: KubeJson): string {
  const root = String(apiVersion).includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = CLUSTER_WIDE.includes(kind) ? "" : "/namespaces/hand-edits";
  return `${root}${namespace}/${PLURALS[kind as string] ?? `${String(kind).toLowerCase()}s`}`;
}

let sandbox: TestSandbox;
let folder: string;
let file: string;
let helm: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "hand-edits-"));
  file = join(folder, "flotilla.yaml");
  const chart = await writeObjectsChart(folder);
  const isCrd = ({ kind }: KubeJson): boolean => kind === "CustomResourceDefinition";
  const release = (name: string, needs: readonly string[], objects: readonly KubeJson[]): object => ({
    name,
    namespace: "hand-edits",
    chart,
    needs,
    values: [{ objects }],
    wait: false,
  });
  const releases = [
    release("crds", [], MANIFEST.filter(isCrd)),
    release(
      "objects",
      ["crds"],
      MANIFEST.filter((object) => !isCrd(object)),
    ),
  ];
  await writeFile(file, JSON.stringify({ apiVersion: "flotilla/v1", stack: "hand-edits", releases }));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await sandbox.stop();
});

async function run(...args: readonly string[]): Promise<KubeJson> {
  const { stdout, stderr, code } = await flotilla([...args, "-c", file, "--sandbox", "-o", "json"], {
    env: { ...sandbox.env, FLOTILLA_HELM: helm },
  });
  if (stdout === "") throw new Error(stderr);
  return { ...JSON.parse(stdout), code };
}

const plan = (): Promise<KubeJson> => run("plan", "--exit-code");
const up = (): Promise<KubeJson> => run("up", "--yes");

/** `Kind/name: how`, of every release. */
async function drift(): Promise<readonly string[]> {
  const { steps } = await plan();
  return steps
    .flatMap((step: KubeJson) => step["drift"])
    .map(({ kind, name, drift: how }: KubeJson) => `${kind}/${name}: ${how}`);
}

function wanted(id: string): KubeJson {
  const found = MANIFEST.find(({ kind, metadata }) => `${kind}/${metadata.name}` === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

/** Does to an object what a person or a controller does. @returns how it was */
async function make({ object: id, edit }: HandEdit): Promise<Editable> {
  const path = `${collectionOf(wanted(id))}/${wanted(id)["metadata"].name}`;
  if (edit === null) {
    const before: Editable = await sandbox.api.get(path);
    await sandbox.api.send("DELETE", `${path}?propagationPolicy=Background`);
    return before;
  }
  return editObject(sandbox.api, path, (live) => {
    edit(live);
    return live;
  });
}

async function putBack({ object: id }: HandEdit, before: Editable): Promise<void> {
  const path = collectionOf(wanted(id));
  const { resourceVersion: _version, uid: _uid, ...metadata } = before.metadata;
  const object = { ...before, metadata };
  const there = await sandbox.api.get(`${path}/${metadata.name}`);
  // What controllers have written into it would be refused: it is made as Helm made it.
  const { labels, annotations } = metadata;
  const fresh = { ...wanted(id), metadata: { ...wanted(id)["metadata"], labels, annotations } };
  if (there === null) await sandbox.api.send("POST", path, fresh);
  else {
    await editObject(sandbox.api, `${path}/${metadata.name}`, ({ metadata: { resourceVersion, uid } }) => ({
      ...object,
      metadata: { ...metadata, resourceVersion, uid },
    }));
  }
}

const tried = HAND_EDITS.filter(({ onPaper }) => onPaper === undefined);

describe("drift, on a real API server", () => {
  let undo: (() => Promise<void>) | null = null;

  beforeAll(async () => {
    await sandbox.reset();
    helm = (await ensureTools(["helm4"], quietContext())).helm4;
    expect(await up()).toMatchObject({ outcome: "succeeded" });
  });

  afterEach(async () => {
    await undo?.();
    undo = null;
  });

  test("there is none right after an install, by any of its objects", async () => {
    const { steps, summary, code } = await plan();
    expect(steps.flatMap((step: KubeJson) => step["drift"])).toEqual([]);
    expect({ summary, code }).toMatchObject({ summary: { unchanged: 2, drifted: 0 }, code: 0 });
  });

  test.each(tried)("$object: $what is $answer", async (row) => {
    const before = await make(row);
    undo = () => putBack(row, before);
    expect(await drift()).toEqual(row.answer === "ignored" ? [] : [`${row.object}: ${row.answer}`]);
  });

  test("neither plan nor log shows a Secret's value, the one by hand included", async () => {
    const row = tried.find(({ what }) => what === "a Secret's value changed");
    if (!row) throw new Error("the table has lost its Secret");
    const before = await make(row);
    undo = () => putBack(row, before);
    const log = join(folder, "events.log");
    for (const format of ["text", "json"]) {
      const result = await flotilla(["plan", "-v", "-c", file, "--sandbox", "-o", format, "--log-file", log], {
        env: { ...sandbox.env, FLOTILLA_HELM: helm },
      });
      expect(result.stdout).toContain("credentials");
      expect(result.stdout).toMatch(/<secret [0-9a-f]{12}>/);
      expect(result.stdout + result.stderr).not.toMatch(
        /hand-made-password|rendered-password|aGFuZC1tYWRl|cmVuZGVyZWQ/,
      );
    }
  });
});

/** Edits that can be made together: each object is deleted, or gets those of its changes that do not undo each other. */
const together = tried.filter(
  ({ answer, object, what }) =>
    answer === "changed" ||
    (answer === "missing" &&
      object !== "Deployment/web" &&
      object !== "Service/web" &&
      what !== "a webhook deleted" &&
      object !== "Widget/one"),
);

describe.each(["helm4", "helm3"] as const)("repair with %s", (tool) => {
  beforeAll(async () => {
    await sandbox.reset();
    helm = (await ensureTools([tool], quietContext()))[tool];
    expect(await up()).toMatchObject({ outcome: "succeeded" });
  });

  test("every edit that is drift is put right by one up, and nothing is left of it", async () => {
    for (const row of together) await make(row);
    const seen = await drift();
    expect(new Set(seen)).toEqual(new Set(together.map(({ object }) => `${object}: changed`)));
    const { releases, outcome } = await up();
    expect({
      outcome,
      actions: releases.map(({ action }: KubeJson) => action),
      failures: releases.flatMap(({ diagnosis }: KubeJson) => diagnosis),
    }).toEqual({ outcome: "succeeded", actions: ["repair", "repair"], failures: [] });
    expect(await drift()).toEqual([]);
    const deployment = await sandbox.api.get("/apis/apps/v1/namespaces/hand-edits/deployments/web");
    expect(deployment?.["spec"]).toMatchObject({ replicas: 2 });
    const widget = await sandbox.api.get("/apis/hand-edits.dev/v1/namespaces/hand-edits/widgets/one");
    expect(widget?.["spec"]).toMatchObject({ size: 3, colors: ["red"] });
    const { releases: again } = await up();
    expect(again.map(({ outcome: how }: KubeJson) => how)).toEqual(["unchanged", "unchanged"]);
  });

  test("what was deleted is there again", async () => {
    for (const row of tried.filter(({ answer }) => answer === "missing")) await make(row);
    expect((await drift()).every((line) => line.endsWith(": missing"))).toBe(true);
    expect(await up()).toMatchObject({ outcome: "succeeded" });
    expect(await drift()).toEqual([]);
  });

  test("status says which releases have drifted", async () => {
    const row = tried.find(({ what }) => what === "kubectl set image");
    if (!row) throw new Error("the table has lost its image");
    const drifted = async (): Promise<unknown> =>
      (await run("status"))["releases"].map((release: KubeJson) => [release["name"], release["drifted"]]);
    expect(await drifted()).toEqual([
      ["crds", false],
      ["objects", false],
    ]);
    await make(row);
    expect(await drifted()).toEqual([
      ["crds", false],
      ["objects", true],
    ]);
  });
});
