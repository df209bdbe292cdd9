import { CommanderError } from "commander";
import { packageVersion } from "../runtime/package-version.ts";
import { EXIT } from "./exit-codes.ts";
import { keepArgumentSecrets, maskOutput } from "./mask-output.ts";
import { createProgram } from "./program.ts";

/** Runs the command line and sets the process's exit code. Nothing heavy is loaded before the command is known. */
export async function main(args: readonly string[]): Promise<void> {
  keepArgumentSecrets(args);
  maskOutput(process.stderr, "text");
  process.stdout.on("error", failUnlessGone);
  process.once("beforeExit", reportSilence);
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
  } finally {
    process.off("beforeExit", reportSilence);
  }
}

/** Help goes straight to standard output: a reader who has had enough (`| head`) is no fault, a full disk is one. */
function failUnlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") process.exitCode = EXIT.failed;
}

/** Nothing is left that could happen, and the command has not ended: Node would end here without a word, with 13. */
async function reportSilence(): Promise<void> {
  const { formatError } = await import("../report/errors.ts");
  const defect = new Error("The command stopped in the middle: it waits for something that cannot come any more.");
  const text = formatError(defect, { color: false, verbose: false });
  process.stderr.write(text, () => process.exit(EXIT.failed));
}
