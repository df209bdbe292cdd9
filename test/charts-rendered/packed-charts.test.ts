import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { RunContext } from "../../src/model/context.ts";
import { packIstioCharts } from "../../src/sandbox/istio-packing.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useVariables } from "../support/variables.ts";

/** The same on every machine: locks that pin these charts stay good. */
const DIGESTS: Readonly<Record<string, string>> = {
  "base-1.30.5.tgz": "2e5500373a3a6e988b6d9af72be3115a52d5d630fff2f1f68e576a01c8ed431b",
  "base-1.31.1.tgz": "5a3bca82388affb7fda6bce2511406718b06b3a8c4d3701c498c638b2e365e5a",
  "cni-1.30.5.tgz": "942e04ca8a17ae4ef4b0a14a9e8d1ffaa4588bac4d65043bd64a12c15ad558c1",
  "cni-1.31.1.tgz": "9a7069e0c0724bcf7034661561d2482ad3a841f6cf11883ce71dcd98eda00be8",
  "gateway-1.30.5.tgz": "20cc198a1f996461bd14b0a16466299f5ac3fda3c58aa007004b62b1a4c094e9",
  "gateway-1.31.1.tgz": "c654bcc192e850f4da3a7cecb93d3a19446afbae3f576ed64b722f56c13dec2e",
  "istiod-1.30.5.tgz": "611b3cdb33a16ddd3447d30254b17c44da0f76227d228bf3d3acb41bf9206921",
  "istiod-1.31.1.tgz": "31992cb288d7b5295dfc4d7ddc56169b96723b3f23a74fe78144a35cad808a41",
  "ztunnel-1.30.5.tgz": "edadd1955854d3caf400320b38b82664e5a58bed0491a637910523e70a3bc312",
  "ztunnel-1.31.1.tgz": "d9716a13cf662038f7c0dc0b4ba357e564a5b8f856d8b9b0f0cc35c8bf489f67",
};

const folder = useTempFolder();
const setVariables = useVariables();
const context: RunContext = { signal: new AbortController().signal, emit: () => {} };
let helm: Readonly<Record<"helm3" | "helm4", string>>;

beforeEach(async () => {
  helm = await ensureTools(["helm3", "helm4"], context);
  setVariables({ FLOTILLA_CACHE_DIR: folder.join("cache") });
});

test("packing gives the pinned bytes, once, however many pack at the same time", async () => {
  const folders = await Promise.all([1, 2, 3].map(() => packIstioCharts(context)));
  const [packed = ""] = folders;
  expect(new Set(folders).size).toBe(1);
  const found = (await readdir(packed)).filter((name) => name !== "index.yaml").sort();
  const digests = await Promise.all(
    found.map(async (name) => [
      name,
      createHash("sha256")
        .update(await readFile(join(packed, name)))
        .digest("hex"),
    ]),
  );
  expect(Object.fromEntries(digests)).toEqual(DIGESTS);
  // No half-made folder is left beside it.
  expect(await readdir(join(packed, ".."))).toHaveLength(1);
});

test("the index names every archive with its digest", async () => {
  const packed = await packIstioCharts(context);
  const index = parse(await readFile(join(packed, "index.yaml"), "utf8")) as {
    entries: Record<string, { version: string; digest: string; urls: string[] }[]>;
  };
  const listed = Object.values(index.entries).flatMap((versions) =>
    versions.map(({ urls, digest }) => [urls[0], digest]),
  );
  expect(Object.fromEntries(listed)).toEqual(DIGESTS);
  for (const versions of Object.values(index.entries)) {
    expect(versions.map(({ version }) => version)).toEqual(["1.31.1", "1.30.5"]);
  }
});

test.each(["helm3", "helm4"] as const)("%s renders them with the images of the release", async (name) => {
  const packed = await packIstioCharts(context);
  for (const version of ["1.30.5", "1.31.1"]) {
    for (const [chart, image] of [
      ["istiod", "pilot"],
      ["cni", "install-cni"],
      ["ztunnel", "ztunnel"],
    ] as const) {
      const args = ["template", "x", join(packed, `${chart}-${version}.tgz`), "-n", "istio-system"];
      const rendered = execFileSync(helm[name], args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
      expect(parseAllDocuments(rendered).flatMap((document) => document.errors)).toEqual([]);
      expect(rendered).toContain(`docker.io/istio/${image}:${version}`);
      expect(rendered).not.toContain("registry.istio.io/testing");
    }
  }
});
