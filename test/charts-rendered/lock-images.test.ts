import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseLock } from "../../src/lock/parse-lock.ts";
import { loadStack } from "../../src/operations/load-stack.ts";
import { resolveLock } from "../../src/operations/resolve-lock.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { recordingContext } from "../support/temp-cache.ts";
import { useVariables } from "../support/variables.ts";
import { HELMS, type Helm } from "./render-chart.ts";

const setVariables = useVariables();
let folder = "";
let helms: Readonly<Record<Helm, string>>;
beforeEach(async () => {
  helms = await ensureTools(HELMS, recordingContext());
  folder = await mkdtemp(join(tmpdir(), "flotilla-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Locks the quickstart as on another machine: with a cache, a home and a folder of its own. */
async function lockQuickstart(machine: string, helm: string): Promise<string> {
  const home = join(folder, machine);
  setVariables({
    FLOTILLA_CACHE_DIR: join(home, "cache"),
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  });
  for (const part of ["examples/quickstart/flotilla.yaml", "charts/dicom"]) {
    await cp(join(packageRoot(), part), join(home, "clone", part), { recursive: true });
  }
  const context = recordingContext(AbortSignal.timeout(50_000));
  const file = join(home, "clone/examples/quickstart/flotilla.yaml");
  const defaultIstioSource = await packIstioCharts(context);
  const stack = await loadStack({ file, sandbox: true, defaultIstioSource }, context);
  const provideHelm = { path: () => Promise.resolve(helm), open: () => Promise.reject(new Error("needs no version")) };
  const options = { update: [], write: true, helm: provideHelm };
  expect(await resolveLock(stack, options, context)).toMatchObject({ written: true });
  const text = await readFile(join(home, "clone/examples/quickstart/flotilla.lock"), "utf8");
  expect(await resolveLock(stack, options, context)).toMatchObject({ written: false });
  return text;
}

test("the quickstart's lock is the same on every machine, by either Helm, and lists every image", async () => {
  const first = await lockQuickstart("one", helms.helm4);
  expect(await lockQuickstart("two", helms.helm3)).toBe(first);
  const { images, entries } = parseLock(first, "flotilla.lock");
  expect(entries.map(({ release }) => release)).toEqual([
    "istio-base",
    "istio-egressgateway",
    "istio-ingressgateway",
    "istiod",
  ]);
  const listed = images["sandbox"] ?? [];
  expect(listed).toEqual(expect.arrayContaining(["docker.io/istio/pilot:1.31.1", "docker.io/istio/proxyv2:1.31.1"]));
  expect(listed.some((image) => image.includes("orthanc"))).toBe(true);
  expect(listed).toEqual([...new Set(listed)].toSorted());
});

test("without helm the charts are pinned all the same, and it is said that images are not listed", async () => {
  const { helmProvider } = await import("../../src/operations/choose-helm.ts");
  const file = join(packageRoot(), "examples", "quickstart", "flotilla.yaml");
  const context = recordingContext();
  setVariables({ PATH: folder, FLOTILLA_CACHE_DIR: join(folder, "cache") });
  const stack = await loadStack({ file }, context);
  const dicom = { ...stack, releases: stack.releases.filter(({ name }) => name === "dicom") };
  const helm = helmProvider({ helm: null, fetch: false }, context);
  expect(await resolveLock(dicom, { write: false, update: [], helm }, context)).toMatchObject({ images: null });
  expect(context.events).toContainEqual({
    type: "notice",
    level: "warning",
    message: "The images are not listed: There is no helm on the PATH.",
    hint: expect.stringContaining("Install Helm"),
  });
});
