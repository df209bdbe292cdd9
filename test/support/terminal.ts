import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { packageRoot } from "../../src/runtime/directories.ts";
import type { CommandOptions } from "./flotilla.ts";
import { until } from "./until.ts";

/** A command in a pseudo-terminal, as if a person sat there. */
export interface TerminalSession {
  /** Types a text; `\r` is Enter, `\u0003` Ctrl-C, `\u0004` Ctrl-D. */
  readonly type: (text: string) => void;
  /** Resolves as soon as the terminal shows a text that was not looked for before; throws when it does not come. */
  readonly shows: (text: string) => Promise<void>;
  /** Everything that was shown, without colours and movements of the cursor. */
  readonly text: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs the bundled command line in a terminal, by `script` of util-linux or of BSD. */
export function startInTerminal(args: readonly string[], options: CommandOptions = {}): TerminalSession {
  const command = [process.execPath, join(packageRoot(), "bin", "flotilla"), ...args];
  const words =
    process.platform === "linux"
      ? ["-qec", command.map(quoted).join(" "), "/dev/null"]
      : ["-q", "/dev/null", ...command];
  const child = spawn("script", words, {
    cwd: options.cwd ?? packageRoot(),
    // A terminal that CI claims is none (run-command.ts).
    env: { ...process.env, CI: undefined, TERM: "xterm", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const text = (): string => stripVTControlCharacters(output).replaceAll("\r", "");
  return {
    type: (typed) => child.stdin.write(typed),
    async shows(wanted) {
      const found = await until(() => text().includes(wanted, seen), 15_000);
      if (!found) throw new Error(`the terminal does not show "${wanted}" after:\n${text()}`);
      seen = text().indexOf(wanted, seen) + wanted.length;
    },
    text,
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code));
    }),
  };
}

/** For the shell that `script` starts. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
