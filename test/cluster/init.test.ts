import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { packChart, writeChartFolder } from "../support/chart-archive.ts";
import { startChartRepository } from "../support/chart-repository.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { startInTerminal } from "../support/terminal.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

const OBJECTS = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
`;

let sandbox: TestSandbox;
let folder: string;
let env: Readonly<Record<string, string | undefined>>;
let repository: Awaited<ReturnType<typeof startChartRepository>>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "init-"));
  env = { ...sandbox.env, FLOTILLA_HELM: (await ensureTools(["helm4"], quietContext())).helm4 };
  const chart = { name: "web", version: "1.2.3", files: { "templates/objects.yaml": OBJECTS } };
  repository = await startChartRepository([{ ...chart, bytes: await packChart(chart) }]);
  await writeChartFolder(join(folder, "web"), chart);
});

afterAll(async () => {
  await repository.close();
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs commands in a folder of its own, on the sandbox. */
async function work(name: string) {
  const cwd = join(folder, name);
  await mkdir(cwd, { recursive: true });
  return {
    cwd,
    run: (...args: readonly string[]): Promise<CommandResult> => flotilla(["--sandbox", ...args], { cwd, env }),
  };
}

const MESH = ["istio-base", "istiod"];
const AMBIENT = [...MESH, "istio-cni", "ztunnel"];
const [IN, OUT] = ["istio-ingressgateway", "istio-egressgateway"];

/** Each part of a stack in each of its forms. */
const CHOICES: readonly (readonly [flags: string, releases: readonly string[]])[] = [
  ["", [...MESH, IN]],
  ["--no-istio", []],
  ["--no-istio --app dicom", ["dicom"]],
  ["--no-istio --app ../web --profile gke --context c", ["web"]],
  ["--app dicom --gateways ingress,egress --profile minikube", [...MESH, IN, OUT, "dicom"]],
  ["--app dicom --exposure public --profile eks --target dev=minikube@minikube", [...MESH, IN, "dicom"]],
  ["--app dicom --port dicom-tls:4242 --port db:5432 --mesh", [...MESH, IN, "dicom"]],
  ["--app dicom --gateways none --mode ambient --mesh", [...AMBIENT, "dicom"]],
  ["--app ../web --mode ambient --gateways egress --profile openshift", [...AMBIENT, OUT, "web"]],
  ["--app ../web --port db:5432 --exposure internal --profile aks --no-mesh", [...MESH, IN, "web"]],
  ["--app REPOSITORY/web --chart-version ^1 --namespace front --gateways egress", [...MESH, OUT, "web"]],
];

describe("a stack file of init can be locked and planned as it stands", () => {
  test.each(CHOICES)("%s", async (flags, releases) => {
    const { cwd, run } = await work(`choices-${CHOICES.findIndex(([each]) => each === flags)}`);
    const words = flags
      .replace("REPOSITORY", repository.url)
      .split(" ")
      .filter((word) => word !== "");
    const made = await flotilla(["init", "--stack", "shop", ...words], { cwd, env });
    expect(made).toMatchObject({ code: 0, stderr: "" });
    // A stack of nothing needs no lock, and has none to check.
    expect(await run("lock"), await readFile(join(cwd, "flotilla.yaml"), "utf8")).toMatchObject({ code: 0 });
    expect(await run("lock", "--check")).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await run("plan", "-o", "json");
    expect({ code, stderr: stderr.replaceAll(/^note: .*\n/gm, "") }).toEqual({ code: 0, stderr: "" });
    const { steps } = JSON.parse(stdout) as { steps: readonly { kind: string; release: string }[] };
    const planned = steps.filter(({ kind }) => kind === "release").map(({ release }) => release);
    expect(planned.toSorted()).toEqual(releases.toSorted());
  });
});

test("the default stack comes up, and again changes nothing", async () => {
  const { run } = await work("up");
  await run("init", "--stack", "shop", "--app", "../web");
  expect(await run("up", "--yes")).toMatchObject({ code: 0 });
  const again = await run("plan", "-o", "json", "--exit-code");
  expect([again.code, JSON.parse(again.stdout).summary]).toEqual([0, expect.objectContaining({ unchanged: 4 })]);
});

describe("up in a terminal changes nothing when", () => {
  test.for([
    ["the answer is no", "n\r"],
    ["the answer is Enter", "\r"],
    ["the question is left by Ctrl-C", "\u0003"],
    ["the question is left by Ctrl-D", "\u0004"],
  ] as const)("%s", async ([, keys], { task }) => {
    const { cwd, run } = await work(`asked-${task.id.replaceAll(/\W/g, "")}`);
    await run("init", "--stack", "asked", "--no-istio", "--app", "../web", "--release", "asked");
    const session = startInTerminal(["--sandbox", "up"], { cwd, env });
    await session.shows("[y/N, d for details] ");
    session.type(keys);
    expect(await session.ended).toBe(130);
    expect(session.text()).toContain("Nothing was changed.");
    expect(await sandbox.api.get("/api/v1/namespaces/asked")).toBeNull();
  });
});
