import { readStack } from "../config/read-stack.ts";
import { join } from "node:path";
import { ConfigError, FlotillaError } from "../model/errors.ts";
import { packageRoot } from "../runtime/directories.ts";
import { readRegularText, readTextIfExists } from "../runtime/files.ts";
import { listFolder } from "../runtime/list-folder.ts";

/**
 * Reads a stack file before it is written, by the rules that hold for every other: what does not go together comes up
 * here, such as a release that has the name of a gateway.
 * @throws FlotillaError `usage` with everything that is wrong
 */
export async function checkNewStack(file: string, text: string): Promise<void> {
  try {
    await readStack({
      file,
      text,
      environment: null,
      sandbox: false,
      set: [],
      defaultIstioSource: null,
      variables: {},
      keepUnset: false,
      readText: readRegularText,
      listFolder,
      // The chart may come later, as the example's does.
      pathType: null,
      profileText: (profile) => readTextIfExists(join(packageRoot(), "values", `${profile}.yaml`)),
      ownCharts: join(packageRoot(), "charts"),
      onSecret: () => {},
      displayPath: (path) => path,
      flotillaVersion: null,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.problems.filter(({ severity }) => severity === "error").map(({ message }) => message);
    throw new FlotillaError("usage", `These choices make no sound stack file: ${wrong.join("; ")}.`, {
      hint: "Choose other names or ports.",
      cause: error,
    });
  }
}
