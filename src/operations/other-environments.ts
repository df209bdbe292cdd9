import { isMapping } from "../catalog/mapping.ts";
import { parseYaml } from "../config/parse-yaml.ts";
import { readTextIfExists } from "../runtime/files.ts";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Stack } from "../model/stack.ts";
import { loadStack } from "./load-stack.ts";
import { withoutSecrets } from "./without-secrets.ts";

/**
 * A stack's file read for each other environment that it can go to, the sandbox included: a lock belongs to all of them.
 * Variables need not be set. Says nothing: what is wrong there is told when somebody goes there.
 * @returns null when the file cannot be read for one of them
 * @throws FlotillaError `interrupted`
 */
export const otherEnvironments = withoutSecrets(readOthers);

async function readOthers(stack: Stack, context: RunContext): Promise<readonly Stack[] | null> {
  const silent: RunContext = { signal: context.signal, emit: () => {} };
  const load = (environment: string | null): Promise<Stack> =>
    loadStack({ file: stack.file, environment, sandbox: environment === "sandbox", keepUnset: true }, silent);
  try {
    const names = await environmentNames(stack.file);
    const others = [...new Set([...(names.length === 0 ? [null] : names), "sandbox"])];
    const stacks = await Promise.all(others.map(load));
    return stacks.filter(({ environment }) => environment.name !== stack.environment.name);
  } catch (error) {
    if (!(error instanceof FlotillaError) || context.signal.aborted) throw error;
    return null;
  }
}

/** As the file declares them; none when it declares none. */
async function environmentNames(file: string): Promise<readonly string[]> {
  const root = parseYaml(file, (await readTextIfExists(file)) ?? "").source?.value;
  const section = isMapping(root) ? root["environments"] : undefined;
  return isMapping(section) ? Object.keys(section) : [];
}
