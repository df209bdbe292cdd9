import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { PLATFORMS } from "../../src/catalog/platforms.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { difference } from "./plain-objects.ts";
import { HELMS } from "./render-chart.ts";
import { exampleFolder, loadExample, renderStack, type RenderedStack } from "./rendered-stack.ts";

/** What the others are compared with. */
const BASE = "minikube";

/** More lines than this nobody reads in a review. */
const READABLE = 60;

let folder: string;
let file: string;

/** The example, with an environment for every platform that it has none for. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "korthweb-"));
  await symlink(join(packageRoot(), "charts"), join(folder, "charts"));
  await cp(exampleFolder("korthweb"), join(folder, "examples", "korthweb"), { recursive: true });
  file = join(folder, "examples", "korthweb", "flotilla.yaml");
  const stack = parse(await readFile(file, "utf8")) as { environments: JsonObject };
  const others = PLATFORMS.filter((platform) => stack.environments[platform] === undefined).map((profile) => {
    const metallb = profile === "kind" ? { addressPool: "auto" } : { releases: { metallb: { enabled: false } } };
    return [profile, { profile, ...metallb }] as const;
  });
  const environments = { ...stack.environments, ...Object.fromEntries(others) };
  await writeFile(file, stringify({ ...stack, environments }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const rendered = new Map<string, Promise<RenderedStack>>();

/** Rendered by Helm 4, once. */
function render(environment: string): Promise<RenderedStack> {
  const known =
    rendered.get(environment) ?? loadExample(file, environment).then((stack) => renderStack("helm4", stack));
  rendered.set(environment, known);
  return known;
}

/** As the golden files have it: one value a line. */
function asText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function goldenFile(environment: string): string {
  return join(packageRoot(), "test", "charts-rendered", "golden", `${environment}.yaml`);
}

test("on Minikube, every release of the example renders what it did when it was last looked at", async () => {
  await expect(asText(await render(BASE))).toMatchFileSnapshot(goldenFile(BASE));
});

describe.each(PLATFORMS.filter((platform) => platform !== BASE))("on %s", (platform) => {
  test("what differs from Minikube is what was looked at, and few enough lines to look at", async () => {
    const [base, own] = [await render(BASE), await render(platform)];
    const names = [...new Set([...Object.keys(base), ...Object.keys(own)])].sort();
    const differences = Object.fromEntries(
      names.flatMap((name): [string, unknown][] => {
        const [before, after] = [base[name], own[name]];
        if (before === undefined || after === undefined) return [[name, after === undefined ? "not there" : "new"]];
        const found = difference(before, after);
        return Object.keys(found).length === 0 ? [] : [[name, found]];
      }),
    );
    const text = asText(differences);
    expect(text.split("\n").length).toBeLessThan(READABLE);
    await expect(text).toMatchFileSnapshot(goldenFile(platform));
  });
});

test.each(PLATFORMS)("Helm 3 and 4 render the same for %s", async (platform) => {
  const [helm3] = HELMS;
  expect(await renderStack(helm3, await loadExample(file, platform))).toEqual(await render(platform));
});

test("each need and place is as the example says", async () => {
  const { releases } = await loadExample(file, BASE);
  expect(Object.fromEntries(releases.map(({ name, needs }) => [name, needs]))).toEqual({
    "istio-base": [],
    istiod: ["istio-base"],
    "istio-ingressgateway": ["istiod"],
    "istio-egressgateway": ["istiod"],
    metallb: [],
    "cert-manager": [],
    issuers: ["cert-manager"],
    north: ["istio-ingressgateway", "issuers", "istiod"],
    south: ["istio-ingressgateway", "issuers", "istiod"],
    "metallb-pool": ["metallb"],
  });
  expect((await loadExample(file, "aks")).releases.map(({ name }) => name)).not.toContain("metallb-pool");
});
