import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { page } from "../../src/cli/pager.ts";
import type { CommandContext } from "../../src/cli/run-command.ts";
import { secrets } from "../../src/runtime/redact.ts";

const LONG = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join("");

let folder: string;
let shown: string;
const before = { FLOTILLA_PAGER: process.env["FLOTILLA_PAGER"], PAGER: process.env["PAGER"] };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pager-"));
  shown = join(folder, "shown");
  delete process.env["PAGER"];
  process.env["FLOTILLA_PAGER"] = `cat > ${shown}`;
});

afterEach(async () => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await rm(folder, { recursive: true, force: true });
});

function show(
  text: string,
  change: { tty?: boolean; interactive?: boolean; pager?: boolean; output?: string } = {},
): Promise<boolean> {
  const { tty = true, interactive = true, pager = true, output = "text" } = change;
  const context = { interactive, options: { output }, reporter: { stop: () => {} } } as unknown as CommandContext;
  return page(context, text, { pager, stream: { isTTY: tty, rows: 24 } as NodeJS.WriteStream });
}

describe("a pager", () => {
  test("shows what is longer than the terminal, and no secret", async () => {
    secrets.add("paged-secret-word");
    expect(await show(`${LONG}paged-secret-word\n`)).toBe(true);
    expect(await readFile(shown, "utf8")).toBe(`${LONG}***\n`);
  });

  test("is left alone where it is not wanted", async () => {
    expect(await show("short\n")).toBe(false);
    expect(await show(LONG, { tty: false })).toBe(false);
    expect(await show(LONG, { interactive: false })).toBe(false);
    expect(await show(LONG, { pager: false })).toBe(false);
    expect(await show(LONG, { output: "json" })).toBe(false);
    process.env["FLOTILLA_PAGER"] = "cat";
    expect(await show(LONG)).toBe(false);
    await expect(readFile(shown)).rejects.toThrow();
  });

  test("that is not there is no failure", async () => {
    process.env["FLOTILLA_PAGER"] = "no-such-pager-anywhere 2> /dev/null";
    expect(await show(LONG)).toBe(false);
  });

  test("is the user's own where flotilla has none", async () => {
    delete process.env["FLOTILLA_PAGER"];
    process.env["PAGER"] = `cat > ${shown}`;
    expect(await show(LONG)).toBe(true);
    expect(await readFile(shown, "utf8")).toBe(LONG);
  });
});
