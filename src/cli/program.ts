import { Command, Option } from "commander";
import { addGlobalOptions } from "./global-options.ts";
import type { GlobalOptions } from "./options.ts";
import { refuseSelection } from "./refuse-selection.ts";
import type { CommandRun } from "./run-command.ts";
import { applyVariables } from "./variables.ts";

/** How a command's action is carried out: the module with its code is loaded only now. */
export type Execute = (options: GlobalOptions, load: () => Promise<CommandRun>) => Promise<void>;

/** The command line: names, flags and help. Everything heavy is behind the lazy imports. */
export function createProgram(version: string, execute: Execute): Command {
  const program = new Command("flotilla")
    .description("Installs several Helm charts as one thing: in the right order, pinned, with waits that watch.")
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .showHelpAfterError("Run with --help for the flags.")
    .exitOverride()
    .hook("preAction", (_program, command) => applyVariables(command));
  const whole = wholeStack(execute);
  const add = (parent: Command, usage: string, description: string): Command =>
    addGlobalOptions(parent.command(usage).description(description));

  add(program, "lock", "resolve version ranges to exact charts in flotilla.lock")
    .option("--update [releases...]", "move pins to the newest versions that fit: of all releases, or of these")
    .option("--check", "write nothing; exit 3 when the lock does not fit the stack file")
    .action((options) => whole("lock", options, async () => (await import("./commands/lock.ts")).lockCommand(options)));
  add(program, "plan", "show what up would do")
    .option("--exit-code", "exit 3 when there is something to do")
    .addOption(setOption())
    .action((options) => execute(options, async () => (await import("./commands/plan.ts")).planCommand(options)));
  add(program, "up", "make the cluster match the stack file")
    .addOption(setOption())
    .action((options) => execute(options, async () => (await import("./commands/up.ts")).upCommand(options)));
  add(program, "status", "show releases, versions, readiness and addresses").action((options) =>
    whole("status", options, async () => (await import("./commands/status.ts")).statusCommand()),
  );
  add(program, "down", "uninstall the stack in reverse order")
    .option("--crds", "delete the CRDs too, and with them every object of their kinds")
    .option("--namespaces", "delete the namespaces that flotilla made")
    .option("--volumes", "delete the volume claims that charts keep, and their data")
    .action((options) => whole("down", options, async () => (await import("./commands/down.ts")).downCommand(options)));
  add(program, "graph", "draw which release needs which")
    .addOption(new Option("--format <format>", "how to draw it").choices(["text", "mermaid", "dot"]).default("text"))
    .action((options) =>
      whole("graph", options, async () => (await import("./commands/graph.ts")).graphCommand(options)),
    );
  addSandboxCommands(program.command("sandbox").description("the cluster on this machine to try things on"), execute);
  return program;
}

/** For commands that cannot be told to take only some releases. */
function wholeStack(execute: Execute) {
  return (name: string, options: GlobalOptions, load: () => Promise<CommandRun>): Promise<void> =>
    execute(options, () => {
      refuseSelection(name, options);
      return load();
    });
}

function setOption(): Option {
  return new Option("--set <release.path=value>", "set one value of a release (repeatable)").argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

function addSandboxCommands(sandbox: Command, execute: Execute): void {
  const actions = {
    up: "start it: a real API server, controllers and scheduler, with simulated nodes",
    down: "stop it and remove all its files",
    status: "show whether it runs",
    reset: "remove everything in it, leave it running",
  } as const;
  for (const action of ["up", "down", "status", "reset"] as const) {
    addGlobalOptions(sandbox.command(action).description(actions[action]))
      .option("--name <name>", "which sandbox (several can stand side by side)")
      .action((options) =>
        wholeStack(execute)(`sandbox ${action}`, options, async () =>
          (await import("./commands/sandbox.ts")).sandboxCommand(action, options),
        ),
      );
  }
}
