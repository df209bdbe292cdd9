import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { packageRoot } from "../runtime/directories.ts";
import { EXIT } from "./exit-codes.ts";
import { createProgram } from "./program.ts";

/** Runs the command line and sets the process's exit code. Nothing heavy is loaded before the command is known. */
export async function main(args: readonly string[]): Promise<void> {
  const program = createProgram(packageVersion(), async (options, load) => {
    const { runCommand } = await import("./run-command.ts");
    // All is written by now; a connection that hangs must not hold the process.
    process.exit(await runCommand(options, load));
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const version = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : null;
  return String(version);
}
