import { ConfigError, type ConfigProblem } from "../model/errors.ts";

const ADVICE = "Take the file from version control again, or delete it and run `flotilla lock`.";

/** The line itself with a marker under the place. */
function codeFrame(text: string, line: number, column: number): string {
  const prefix = `${line} | `;
  return `${prefix}${text.split("\n")[line - 1]?.trimEnd() ?? ""}\n${" ".repeat(prefix.length + column - 1)}^`;
}

/**
 * A problem in a lock file.
 * @param offset - where in the text; null for the file as a whole
 */
export function lockProblem(
  file: string,
  text: string,
  offset: number | null,
  message: string,
  hint: string = ADVICE,
): ConfigProblem {
  const problem = { severity: "error", message, file, hint } as const;
  if (offset === null) {
    return { ...problem, line: null, column: null, frame: null };
  }
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  return { ...problem, line, column, frame: codeFrame(text, line, column) };
}

/** The error for a lock file that cannot be used. */
export function lockError(file: string, problems: readonly ConfigProblem[]): ConfigError {
  return new ConfigError(`The lock file ${file} cannot be used`, problems);
}
