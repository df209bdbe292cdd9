import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packChart, readChartFiles } from "../../src/charts/pack-chart.ts";
import { storedGzip } from "../../src/charts/stored-gzip.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-chart-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function unpack(archive: Uint8Array): Promise<Record<string, string>> {
  const tar = extract();
  tar.end(gunzipSync(archive));
  const files: Record<string, string> = {};
  for await (const entry of tar) {
    let text = "";
    for await (const chunk of entry) text += String(chunk);
    files[entry.header.name] = text;
  }
  return files;
}

test.each([0, 1, 65_535, 65_536, 200_000])(
  "gzip of %i bytes is read back by zlib, which checks length and sum",
  (size) => {
    const data = Buffer.alloc(size, "flotilla");
    expect(gunzipSync(storedGzip(data)).equals(data)).toBe(true);
  },
);

test("the same files give the same bytes, whenever and however they were written", async () => {
  const write = async (below: string, mode: number): Promise<Uint8Array> => {
    await mkdir(join(below, "templates"), { recursive: true });
    for (const path of ["values.yaml", "templates/b.yaml", "Chart.yaml", "templates/a.yaml"]) {
      await writeFile(join(below, path), `content of ${path}`, { mode });
      await utimes(join(below, path), mode, mode);
    }
    return packChart("sample", await readChartFiles(below));
  };
  const first = await write(join(folder, "first"), 0o600);
  const second = await write(join(folder, "second"), 0o755);
  expect(Buffer.from(first).equals(second)).toBe(true);
  expect(Object.keys(await unpack(first))).toEqual([
    "sample/Chart.yaml",
    "sample/templates/a.yaml",
    "sample/templates/b.yaml",
    "sample/values.yaml",
  ]);
});

test("links are packed as what they point to", async () => {
  await writeFile(join(folder, "shared.yaml"), "shared");
  await mkdir(join(folder, "chart"));
  await symlink("../shared.yaml", join(folder, "chart", "profile.yaml"));
  const archive = await packChart("sample", await readChartFiles(join(folder, "chart")));
  expect(await unpack(archive)).toEqual({ "sample/profile.yaml": "shared" });
});
