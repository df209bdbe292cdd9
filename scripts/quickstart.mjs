// The quickstart: sandbox, then the whole example, then its status.
import { join } from "node:path";
import { $ } from "zx";

/** Runs it all; the exit code of the first command that fails, else 0. */
export async function quickstart(root) {
  const flotilla = join(root, "bin", "flotilla");
  const stack = ["--config", join(root, "examples", "quickstart", "flotilla.yaml"), "--sandbox"];
  const run = $({ stdio: "inherit", nothrow: true, verbose: false });
  for (const args of [
    ["sandbox", "up"],
    ["up", ...stack, "--yes"],
    ["status", ...stack],
  ]) {
    const { exitCode } = await run`${process.execPath} ${flotilla} ${args}`;
    if (exitCode !== 0) return exitCode ?? 1;
  }
  console.log(`
What next:
  bin/flotilla graph  -c examples/quickstart/flotilla.yaml --sandbox   which release needs which
  bin/flotilla plan   -c examples/quickstart/flotilla.yaml --sandbox   change the file, then see what would happen
  bin/flotilla down   -c examples/quickstart/flotilla.yaml --sandbox   uninstall it all, in reverse order
  bin/flotilla sandbox down                                            stop the cluster and remove its files
  docs/ and README.md                                                  how to write a stack file of your own`);
  return 0;
}
