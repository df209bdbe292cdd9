import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFiles, type FoundFiles } from "../../src/config/find-files.ts";
import { listFolder } from "../../src/runtime/list-folder.ts";

const FILES = [
  "a.yaml",
  "b.yaml",
  ".hidden.yaml",
  "notes.txt",
  "crds/one.yaml",
  "crds/two.yml",
  "crds/deep/er/three.yaml",
  "crds/.git/config.yaml",
  "odd/a[1].yaml",
  `odd/${"a".repeat(100)}`,
];

describe("files on disk", () => {
  let folder: string;
  const find = async (pattern: string): Promise<readonly string[] | string> => {
    const found: FoundFiles = await findFiles(pattern, folder, listFolder);
    return "files" in found ? found.files.map((file) => file.slice(folder.length + 1)) : found.fault;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "flotilla-test-"));
    for (const file of FILES) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), "");
    }
    await symlink("../crds", join(folder, "crds", "loop"));
    await symlink("one.yaml", join(folder, "crds", "link.yaml"));
    await symlink("nowhere", join(folder, "crds", "broken.yaml"));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each<readonly [string, readonly string[]]>([
    ["a.yaml", ["a.yaml"]],
    ["./a.yaml", ["a.yaml"]],
    ["*.yaml", ["a.yaml", "b.yaml"]],
    ["?.yaml", ["a.yaml", "b.yaml"]],
    [".*.yaml", [".hidden.yaml"]],
    ["crds/*", ["crds/link.yaml", "crds/one.yaml", "crds/two.yml"]],
    ["crds//o*e.y?ml", ["crds/one.yaml"]],
    ["crds/../b.yaml", ["b.yaml"]],
    ["**/*.yaml", ["a.yaml", "b.yaml", "crds/deep/er/three.yaml", "crds/link.yaml", "crds/one.yaml", "odd/a[1].yaml"]],
    ["**/**/er/**", ["crds/deep/er/three.yaml"]],
    ["crds/loop/one.yaml", ["crds/loop/one.yaml"]],
    ["odd/a[1].yaml", ["odd/a[1].yaml"]],
    [`odd/${"*a".repeat(50)}`, [`odd/${"a".repeat(100)}`]],
  ])("%s", async (pattern, files) => {
    expect(await find(pattern)).toEqual(files);
  });

  test.each(["none.yaml", "crds", "none/*.yaml", "crds/broken.yaml", "A.yaml", `odd/${"*a".repeat(60)}b`, "a.yaml/x"])(
    "%s matches nothing",
    async (pattern) => {
      expect(await find(pattern)).toBe(`"${pattern}" matches no file`);
    },
  );
});

test("a pattern that reaches too much ends soon", async () => {
  const endless = findFiles("/**/x.yaml", "/", () =>
    Promise.resolve(Array.from({ length: 100 }, (_, n) => ({ name: `f${n}`, type: "folder" }) as const)),
  );
  expect(await endless).toMatchObject({ fault: '"/**/x.yaml" reaches more than 5000 files and folders' });
});
