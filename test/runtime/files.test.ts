import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isNotFound, pathExists, readTextIfExists, writeFileAtomic } from "../../src/runtime/files.ts";
import { bundleDriver } from "../support/driver.ts";
import { useTempFolder } from "../support/temp-folder.ts";

const folder = useTempFolder();

describe("an atomic write", () => {
  test("makes the folders above it and replaces what was there", async () => {
    const path = folder.join("a", "b", "file");
    await writeFileAtomic(path, "first, and longer");
    await writeFileAtomic(path, new Uint8Array([0x68, 0x69]));
    expect(await readFile(path, "utf8")).toBe("hi");
    expect(await readdir(folder.join("a", "b"))).toEqual(["file"]);
  });

  test("never shows a half: readers see one whole text or the other", async () => {
    const path = folder.join("file");
    const texts = ["a", "b"].map((letter) => letter.repeat(512 * 1024));
    await writeFileAtomic(path, texts[0] ?? "");
    const writer = { busy: true };
    let halves = 0;
    let reads = 0;
    const reader = async (): Promise<void> => {
      while (writer.busy) {
        const text = await readTextIfExists(path);
        if (text === null || !texts.includes(text)) halves += 1;
        reads += 1;
      }
    };
    const readers = [reader(), reader()];
    for (let round = 0; round < 20; round += 1) await writeFileAtomic(path, texts[round % 2] ?? "");
    writer.busy = false;
    await Promise.all(readers);
    expect(halves).toBe(0);
    expect(reads).toBeGreaterThan(0);
  });

  test("by several at once leaves one of theirs", async () => {
    const texts = ["one", "two", "three", "four"];
    await Promise.all(texts.map((text) => writeFileAtomic(folder.join("file"), text)));
    expect(texts).toContain(await readFile(folder.join("file"), "utf8"));
    expect(await readdir(folder.path)).toEqual(["file"]);
  });

  test("that fails leaves neither a temporary file nor a change", async () => {
    await mkdir(folder.join("taken", "inside"), { recursive: true });
    await expect(writeFileAtomic(folder.join("taken"), "text")).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringContaining(`${folder.join("taken")} cannot be written: `),
    });
    expect(await readdir(folder.path)).toEqual(["taken"]);
    expect(await readdir(folder.join("taken"))).toEqual(["inside"]);
  });

  test("keeps secrets to their owner", async () => {
    await writeFileAtomic(folder.join("secret"), "text", 0o600);
    expect((await stat(folder.join("secret"))).mode & 0o777).toBe(0o600);
  });
});

describe("a stream of pieces", () => {
  /** Writes 3000 bytes in one piece, and says how that went. */
  const DRIVER = `
    import { writeStreamAtomic } from "./src/runtime/files.ts";
    const [folder] = process.argv.slice(2);
    async function* pieces() { yield Buffer.alloc(3000); }
    const written = writeStreamAtomic(folder, pieces(), () => folder + "/whole");
    console.log(await written.then(() => "written", (error) => error.code));
  `;

  test("is there whole, or not at all where there is room for a part of it", async () => {
    const driver = await bundleDriver(DRIVER, folder.join("driver.mjs"));
    const run = async (limit: string): Promise<string> => {
      const command = `ulimit -f ${limit}; exec "$0" "$@"`;
      const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, driver, folder.join(limit)]);
      return stdout.trim();
    };
    expect(await run("unlimited")).toBe("written");
    expect((await stat(folder.join("unlimited", "whole"))).size).toBe(3000);
    expect(await run("2")).toBe("write-failed");
    expect(await readdir(folder.join("2"))).toEqual([]);
  });
});

describe("what is not there", () => {
  test("reads as null, and does not exist", async () => {
    await writeFile(folder.join("file"), "text");
    expect(await readTextIfExists(folder.join("file"))).toBe("text");
    expect(await readTextIfExists(folder.join("nothing"))).toBeNull();
    expect(await readTextIfExists(folder.join("file", "below"))).toBeNull();
    expect(await pathExists(folder.path)).toBe(true);
    expect(await pathExists(folder.join("nothing"))).toBe(false);
  });

  test("is told apart from what cannot be read", async () => {
    const error: unknown = await readTextIfExists(folder.path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "EISDIR" });
    expect(isNotFound(error)).toBe(false);
  });
});
