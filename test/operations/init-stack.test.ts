import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type InitOptions, initStack, type Question } from "../../src/operations/init-stack.ts";
import { loadStack } from "../../src/operations/load-stack.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { writeChartFolder } from "../support/chart-archive.ts";
import { useTempFolder } from "../support/temp-folder.ts";

const folder = useTempFolder();
const quiet = { signal: new AbortController().signal, emit: () => {} };

function init(options: Partial<InitOptions> = {}, context = quiet) {
  return initStack({ cwd: folder.path, flags: {}, ...options }, context);
}

const text = (file = "flotilla.yaml"): Promise<string> => readFile(folder.join(file), "utf8");
const chart = (place: string): Promise<unknown> =>
  writeChartFolder(folder.join(place), { name: "web", version: "1.0.0", files: {} });

describe("a stack file", () => {
  test("is written for flags and defaults, and nothing beside it", async () => {
    const flags = { stack: "shop", istio: false };
    expect(await init({ flags })).toEqual({ stack: "shop", file: folder.join("flotilla.yaml"), exampleChart: null });
    expect(await text()).toMatch(/^stack: shop$/m);
    expect(await readdir(folder.path)).toEqual(["flotilla.yaml"]);
  });

  test("that is there stays, without --force", async () => {
    await writeFile(folder.join("flotilla.yaml"), "mine");
    const refused = { code: "file-exists", message: expect.stringContaining(folder.join("flotilla.yaml")) };
    const ask = (): Promise<string> => Promise.reject(new Error("asked in vain"));
    await expect(init({ ask })).rejects.toMatchObject(refused);
    expect(await text()).toBe("mine");
    await init({ force: true });
    expect(await text()).toContain("apiVersion: flotilla/v1");
  });

  test("that somebody else writes meanwhile stays too", async () => {
    const ask = async (): Promise<string> => {
      await writeFile(folder.join("flotilla.yaml"), "theirs");
      return "";
    };
    await expect(init({ ask })).rejects.toMatchObject({ code: "file-exists" });
    expect(await text()).toBe("theirs");
  });

  test("goes where it is told, and names the chart as seen from there", async () => {
    await chart("charts/web");
    await init({ file: "deploy/web.yaml", flags: { app: "charts/web" } });
    expect(await text("deploy/web.yaml")).toMatch(/^ {4}chart: \.\.\/charts\/web$/m);
    const stack = await loadStack({ file: folder.join("deploy/web.yaml") }, quiet);
    expect(stack.releases.at(-1)).toMatchObject({ chart: { type: "folder", path: folder.join("charts/web") } });
  });

  test("takes the one chart that lies there", async () => {
    await chart("charts/web");
    await init({});
    expect(await text()).toMatch(/^ {4}chart: \.\/charts\/web$/m);
    await chart(".");
    await init({ force: true, flags: { stack: "shop", release: "web" } });
    expect(await text()).toMatch(/^ {4}chart: \.$/m);
  });

  test("takes none of several, and names them", async () => {
    await chart("charts/web");
    await chart("helm/api");
    const leads: string[] = [];
    const ask = (question: Question): Promise<string> => {
      leads.push(...question.lead);
      return Promise.resolve("");
    };
    await init({ ask });
    expect(leads).toContain("Charts here: ./charts/web, ./helm/api");
    expect(await text()).not.toMatch(/^ {4}chart:/m);
  });

  test("names the schema by the way to it, and not by this machine's path", async () => {
    const inClone = join(packageRoot(), "node_modules", ".init-test");
    await mkdir(inClone, { recursive: true });
    try {
      await init({ cwd: inClone, force: true });
      const [first] = (await readFile(join(inClone, "flotilla.yaml"), "utf8")).split("\n");
      expect(first).toBe("# yaml-language-server: $schema=../../assets/flotilla.schema.json");
    } finally {
      await rm(inClone, { recursive: true });
    }
    await init({});
    const [, way = ""] = /\$schema=(.*)/.exec(await text()) ?? [];
    expect(isAbsolute(way)).toBe(false);
    expect(folder.join(way)).toBe(join(packageRoot(), "assets", "flotilla.schema.json"));
  });
});

describe("the example", () => {
  test("comes with its chart, whole, and yours to change", async () => {
    const result = await init({ flags: { app: "dicom" } });
    expect(result.exampleChart).toBe(folder.join("charts/dicom"));
    const names = async (path: string): Promise<readonly string[]> =>
      (await readdir(path, { recursive: true })).toSorted();
    expect(await names(folder.join("charts/dicom"))).toEqual(await names(join(packageRoot(), "charts/dicom")));
    await writeFile(folder.join("charts/dicom/values.yaml"), "changed: true");
    expect(await init({ force: true, flags: { app: "dicom" } })).toMatchObject({ exampleChart: null });
    expect(await text("charts/dicom/values.yaml")).toBe("changed: true");
    // It is still the example where nobody says which chart.
    await init({ force: true });
    expect(await text()).toMatch(/^ {6}- routing:$/m);
  });

  test("leaves alone what has its place, and nothing behind", async () => {
    await mkdir(folder.join("charts/dicom"), { recursive: true });
    await expect(init({ flags: { app: "dicom" } })).rejects.toMatchObject({
      code: "file-exists",
      message: expect.stringContaining(folder.join("charts/dicom")),
    });
    expect(await readdir(folder.path)).toEqual(["charts"]);
  });

  test("goes again when the file cannot be written", async () => {
    // A name that no file system takes.
    const file = `${"a".repeat(300)}.yaml`;
    await expect(init({ file, flags: { app: "dicom" } })).rejects.toMatchObject({ code: "usage" });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe("is refused, and writes nothing:", () => {
  test.for([
    ["a folder without a chart", { flags: { app: "./nothing" } }, /There is no chart in \.\/nothing: it has no Chart/],
    ["an archive that is not there", { flags: { app: "./a.tgz" } }, /There is no archive \.\/a\.tgz/],
    [
      "a release called as a gateway",
      { flags: { app: "oci://a/b", release: "istio-ingressgateway" } },
      /no sound stack/,
    ],
    ["an environment twice", { flags: { target: ["a", "a"] } }, /no sound stack file/],
    ["a flag that cannot be meant", { flags: { mode: "mesh" } }, /^--mode: there is no "mesh"/],
    ["a flag with a slip", { flags: { profile: "minikub" } }, /did you mean "minikube"\?$/],
    ["a folder in place of the file", { file: "." }, /is a folder; name a file in it/],
  ] as const)("%s", async ([, options, message]) => {
    await expect(init(options)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe("questions", () => {
  test("are asked again when the chart is not there, and say so", async () => {
    await chart("web");
    const faults: (string | null)[] = [];
    const places = ["./nothing", "web"];
    const ask = (question: Question, fault: string | null): Promise<string> => {
      faults.push(fault);
      return Promise.resolve(question.text === "Chart" ? (places.shift() ?? "") : "");
    };
    await init({ flags: { istio: false }, ask });
    expect(faults.filter((fault) => fault !== null)).toEqual(["there is no chart in ./nothing: it has no Chart.yaml"]);
    expect(await text()).toMatch(/^ {4}chart: \.\/web$/m);
  });

  test("offer the kubeconfig's contexts, the current one first; none where it cannot be read", async () => {
    const offered: string[] = [];
    const ask = (question: Question): Promise<string> => {
      offered.push(...question.lead.filter((line) => /^ {2}\d/.test(line)));
      return Promise.resolve("");
    };
    const contexts = ["one", "two"].map((name) => ({ name, context: { cluster: "c", user: "u" } }));
    const kubeconfig = folder.join("kubeconfig");
    await writeFile(
      kubeconfig,
      JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "two", contexts }),
    );
    await init({ ask, kubeconfig });
    expect(offered).toEqual(["  1  two", "  2  one"]);
    await writeFile(kubeconfig, "{");
    await init({ ask, kubeconfig, force: true });
    expect(offered).toHaveLength(2);
  });

  test("that are given up leave nothing", async () => {
    const ask = (): Promise<string> => Promise.reject(new Error("given up"));
    await expect(init({ ask, flags: { app: "dicom" } })).rejects.toThrow("given up");
    const stopped = { ...quiet, signal: AbortSignal.abort() };
    await expect(init({ flags: { app: "dicom" } }, stopped)).rejects.toMatchObject({ code: "interrupted" });
    expect(await readdir(folder.path)).toEqual([]);
  });
});
