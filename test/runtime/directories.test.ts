import { execFile } from "node:child_process";
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { cacheDirectory, packageRoot, stateDirectory } from "../../src/runtime/directories.ts";
import { bundleDriver } from "../support/driver.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useVariables } from "../support/variables.ts";

const folder = useTempFolder();
const setVariables = useVariables();

describe.for([
  ["cache", cacheDirectory, "FLOTILLA_CACHE_DIR", "XDG_CACHE_HOME", ".cache"],
  ["state", stateDirectory, "FLOTILLA_STATE_DIR", "XDG_STATE_HOME", ".local/state"],
] as const)("the %s folder", ([, directory, own, xdg, fallback]) => {
  test("is ours when it is named, else below XDG's, else below the home folder", () => {
    setVariables({ [own]: "/own", [xdg]: "/xdg" });
    expect(directory()).toBe("/own");
    setVariables({ [own]: undefined });
    expect(directory()).toBe("/xdg/flotilla");
    setVariables({ [xdg]: undefined });
    expect(directory()).toBe(join(homedir(), fallback, "flotilla"));
  });

  test("is absolute, and an empty variable names none", () => {
    setVariables({ [own]: "relative", [xdg]: undefined });
    expect(directory()).toBe(join(process.cwd(), "relative"));
    setVariables({ [own]: "", [xdg]: "" });
    expect(directory()).toBe(join(homedir(), fallback, "flotilla"));
  });
});

describe("the package's folder", () => {
  test("holds what flotilla brings along", async () => {
    const manifest: unknown = JSON.parse(await readFile(join(packageRoot(), "package.json"), "utf8"));
    expect(manifest).toMatchObject({ name: "flotilla" });
  });

  test.for(["dist/cli/chunks", "dist/lib/runtime"])("is found from %s", async (place) => {
    await mkdir(folder.join("assets"));
    await mkdir(folder.join(place), { recursive: true });
    await writeFile(folder.join("package.json"), "{}");
    const contents = 'import { packageRoot } from "./src/runtime/directories.ts"; console.log(packageRoot());';
    const file = await bundleDriver(contents, folder.join(place, "directories.mjs"));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout.trim()).toBe(await realpath(folder.path));
  });
});
