import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { bundleDriver } from "../support/driver.ts";
import { useTempFolder } from "../support/temp-folder.ts";

const folder = useTempFolder();

/** A command line on which one command, by a defect, waits for what never comes. */
const DRIVER = `
  import { Command } from "commander";
  import { main } from "./src/cli/main.ts";
  Command.prototype.parseAsync = () => new Promise(() => {});
  await main(["plan"]);
`;

test("a command that never ends although nothing goes on says so, and fails", async () => {
  // What it takes for the root of the package.
  await mkdir(folder.join("assets"));
  await writeFile(folder.join("package.json"), JSON.stringify({ version: "0.0.0" }));
  const file = await bundleDriver(DRIVER, folder.join("driver.mjs"));
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, [file], (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }));
  });
  expect(ended).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(
      /^error\[internal\]: The command stopped in the middle.*\n {2}hint: This is a defect/,
    ),
  });
});
