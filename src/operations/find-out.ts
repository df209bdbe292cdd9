import { ConfigError, type ConfigProblem, FlotillaError } from "../model/errors.ts";
import type { Fact } from "../preflight/facts.ts";

/** Looks for something; what fails is a fact as well. @throws FlotillaError `interrupted` and `timeout`, and defects */
export async function findOut<T>(looking: Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await looking };
  } catch (error) {
    if (!(error instanceof FlotillaError) || ENDS_ALL.includes(error.code)) throw error;
    const { code, message, hint } = error;
    if (!(error instanceof ConfigError)) return { problem: { code, message, hint } };
    const problems = error.problems.map(inOneLine).join("; ");
    return { problem: { code, message: `${message}: ${problems}.`, hint: error.problems[0]?.hint ?? hint } };
  }
}

function inOneLine({ file, line, message }: ConfigProblem): string {
  return line === null ? message : `${file}:${line}: ${message}`;
}

/** Who wants out does not want findings. */
const ENDS_ALL: readonly string[] = ["interrupted", "timeout", "internal"];
