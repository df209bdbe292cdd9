import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { kubeconfigText } from "../kube/fake-cluster.ts";
import { packChart, sha256, writeChartFolder } from "../support/chart-archive.ts";
import { startChartRepository } from "../support/chart-repository.ts";
import { flotilla, startFlotilla } from "../support/flotilla.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useBundle } from "../support/use-bundle.ts";
import { NO_PROXIES } from "../support/variables.ts";

const folder = useTempFolder();
const VARIABLES = ["CONFIG", "SANDBOX", "ONLY", "WITH_NEEDS", "OUTPUT", "YES", "LOG_FILE", "CONTEXT", "KUBECONFIG"];
const UNSET = Object.fromEntries(VARIABLES.map((name) => [`FLOTILLA_${name}`, undefined]));

function run(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
  const folders = { FLOTILLA_CACHE_DIR: folder.join("cache"), FLOTILLA_STATE_DIR: folder.join("state") };
  return flotilla(args, { cwd: folder.path, env: { ...NO_PROXIES, ...UNSET, ...folders, ...env } });
}

useBundle();

test.for(["--help", "help", "up --help", "--version"])("%s ends quietly when nobody reads it", async (command) => {
  const { child, done } = startFlotilla(command.split(" "), { env: UNSET });
  child.stdout?.destroy();
  expect(await done).toMatchObject({ code: 0, stderr: "" });
});

/** What is imported late can break in the bundle alone: CommonJS packages do. */
test("the bundle fetches a chart and writes the lock", async () => {
  const bytes = await packChart({ name: "app", version: "1.2.3" });
  const repository = await startChartRepository([{ name: "app", version: "1.2.3", bytes }]);
  try {
    const chart = `{ source: "${repository.url}", name: app }`;
    const text = `apiVersion: flotilla/v1\nstack: shop\nreleases:\n  - { name: app, namespace: shop, chart: ${chart}, version: ^1 }\n`;
    await writeFile(folder.join("flotilla.yaml"), text);
    expect(await run(["lock"])).toMatchObject({ code: 0, stdout: expect.stringContaining("1.2.3") });
    expect(await readFile(folder.join("flotilla.lock"), "utf8")).toContain(sha256(bytes));
  } finally {
    await repository.close();
  }
});

describe("a selection is refused by", () => {
  const commands = ["down --yes", "history", "graph", "lock", "sandbox status", "sandbox down"];
  test.for(commands)("%s", async (command) => {
    const args = command.split(" ");
    const refused = { code: 2, stdout: "", stderr: expect.stringMatching(/takes no --only: it is about the whole/) };
    expect(await run([...args, "--only", "app"])).toMatchObject(refused);
    expect(await run([...args, "--with-needs"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/takes no --with-needs/),
    });
  });
});

test("a selection is refused by commands that name releases as arguments, with how to call them", async () => {
  expect(await run(["diagnose", "--only", "app"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/takes no --only: releases are named behind it.*flotilla diagnose app/s),
  });
});

const SHOP = `apiVersion: flotilla/v1
stack: shop
releases: [{ name: web, namespace: shop, chart: ./web }]
`;
/** Nothing listens there. */
const NOWHERE = { FLOTILLA_KUBECONFIG: "kube.yaml", FLOTILLA_CONTEXT: "fake" };

async function writeShop(): Promise<void> {
  await writeChartFolder(folder.join("web"), { name: "web", version: "1.0.0" });
  await writeFile(folder.join("flotilla.yaml"), SHOP);
  await writeFile(folder.join("kube.yaml"), kubeconfigText("https://127.0.0.1:1"));
}

test("a variable that selects releases is for the commands that take a selection", async () => {
  await writeShop();
  expect(await run(["graph"], { FLOTILLA_ONLY: "other", FLOTILLA_WITH_NEEDS: "1" })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("web"),
  });
});

test.for(["down --yes", "rollback --yes"])("%s does not pass over it: it would touch all releases", async (command) => {
  await writeShop();
  expect(await run(command.split(" "), { ...NOWHERE, FLOTILLA_ONLY: "web" })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/error\[usage\]: .*FLOTILLA_ONLY is set/),
  });
});

describe("a name that is no release's is told before the cluster is asked and anything is written:", () => {
  const commands = [
    "plan --only wbe",
    "plan --force-conflicts wbe",
    "up --yes --only wbe",
    "up --yes --force-conflicts wbe",
    "status --only wbe",
    "diagnose wbe",
    "verify wbe",
  ];
  test.for(commands)("%s", async (command) => {
    await writeShop();
    const told = expect.stringMatching(/error\[usage\]: .*wbe.*hint: Did you mean web\?/s);
    expect(await run(command.split(" "), NOWHERE)).toMatchObject({ code: 2, stdout: "", stderr: told });
    expect(await readdir(folder.path)).not.toContain("flotilla.lock");
  });
});

test("verify says without a cluster that no release declares a smoke test", async () => {
  await writeShop();
  expect(await run(["verify"], NOWHERE)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("No release of stack shop declares a smoke test"),
  });
});

test("a log file that cannot be written is refused before the command runs", async () => {
  await mkdir(folder.join("taken"));
  for (const file of ["taken", "none/run.log"]) {
    expect(await run(["graph", "--log-file", file])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`The log file ${file} cannot be written: E(ISDIR|NOENT)`)),
    });
  }
});

test.runIf(process.platform === "linux")("a log file that gets full is named, and no success", async () => {
  const warns = "apiVersion: flotilla/v1\nstack: mesh\nistio: { hub: gcr.io/istio-release }\n";
  await writeFile(folder.join("flotilla.yaml"), warns);
  const { code, stdout, stderr } = await run(["graph", "--log-file", "/dev/full"]);
  expect({ code, stdout }).toEqual({ code: 4, stdout: expect.stringContaining("istiod") });
  expect(stderr).toMatch(/error\[write-failed\]: Cannot write to the log file \/dev\/full: ENOSPC/);
});

test("graph with --sandbox settles no chart source", async () => {
  await writeFile(folder.join("flotilla.yaml"), "apiVersion: flotilla/v1\nstack: mesh\nistio: {}\n");
  const { code, stderr, stdout } = await run(["graph", "--sandbox"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("istiod");
  await expect(readFile(folder.join("state"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.for(["status", "history", "diagnose", "verify", "plan", "up --yes", "down --yes", "rollback --yes", "doctor"])(
  "%s takes no Helm that keeps its releases elsewhere than in Secrets",
  async (command) => {
    await mkdir(folder.join("app"));
    await writeFile(folder.join("app", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
    const release = `{ name: app, namespace: shop, chart: ./app, verify: [{ tcp: {}, service: app, port: 80 }] }`;
    await writeFile(folder.join("flotilla.yaml"), `apiVersion: flotilla/v1\nstack: shop\nreleases: [${release}]\n`);
    const env = { HELM_DRIVER: "configmap", FLOTILLA_HELM: folder.join("none"), KUBECONFIG: folder.join("none") };
    const { code, stdout, stderr } = await run([...command.split(" "), "--context", "dev"], env);
    expect(code).toBe(4);
    expect(stdout + stderr).toMatch(/helm-unsupported.*HELM_DRIVER is configmap/);
  },
);
