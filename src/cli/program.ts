import { Command, Option } from "commander";
import { collected } from "./collected.ts";
import { takeEarlierFlags } from "./earlier-flags.ts";
import { addGlobalOptions, type GlobalUse, collectNames, durationArgument } from "./global-options.ts";
import { addInitOptions } from "./init-options.ts";
import type { GlobalOptions } from "./options.ts";
import { refuseEmptyValues, refuseLoneNeeds } from "./refuse-flags.ts";
import { refuseSelection } from "./refuse-selection.ts";
import type { CommandRun } from "./run-command.ts";
import { applyVariables } from "./variables.ts";

/** How a command's action is carried out: the module with its code is loaded only now. */
export type Execute = (options: GlobalOptions, load: () => Promise<CommandRun>) => Promise<void>;

/** The command line: names, flags and help. Everything heavy is behind the lazy imports. */
export function createProgram(version: string, execute: Execute): Command {
  const program = emptyProgram(version);
  const whole = wholeStack(execute);
  const add = (parent: Command, usage: string, description: string): Command =>
    addGlobalOptions(parent.command(usage).description(description));

  addBeginnings(program, whole);
  add(program, "lock", "resolve version ranges to exact charts in flotilla.lock")
    .option("--update [releases...]", "move pins to the newest versions that fit: of all releases, or of these")
    .addOption(
      new Option("--check", "write nothing; exit 3 when the lock does not fit the stack file").conflicts("update"),
    )
    .action((options) =>
      whole("lock", options, async () => (await import("./commands/of-stacks.ts")).lockCommand(options)),
    );
  addRuns(program, execute);
  addLooks(program, execute);
  add(program, "rollback [run]", "undo a run: every release that it touched goes back to where it was")
    .addOption(waitForLockOption())
    .action((run, options) =>
      whole("rollback", options, async () => (await import("./commands/of-stacks.ts")).rollbackCommand(run, options)),
    );
  add(program, "down", "uninstall the stack in reverse order")
    .addOption(waitForLockOption())
    .option("--crds", "delete the CRDs that charts keep; refused while others have objects of their kinds")
    .option("--namespaces", "delete the namespaces that flotilla made; refused while something else is in them")
    .option("--volumes", "delete the volume claims that charts keep or StatefulSets made, and their data")
    .action((options) =>
      whole("down", options, async () => (await import("./commands/of-stacks.ts")).downCommand(options)),
    );
  add(program, "graph", "draw which release needs which")
    .addOption(new Option("--format <format>", "how to draw it").choices(["text", "mermaid", "dot"]).default("text"))
    .action((options) =>
      whole("graph", options, async () => (await import("./commands/of-stacks.ts")).graphCommand(options)),
    );
  addSandboxCommands(program.command("sandbox").description("the cluster on this machine to try things on"), execute);
  return program;
}

/** What holds for all commands. */
function emptyProgram(version: string): Command {
  const program = addGlobalOptions(new Command("flotilla"));
  // Each command's help has them; here the commands are what one looks for.
  for (const option of program.options) option.hideHelp();
  return (
    program
      .description("Installs several Helm charts as one thing: in the right order, pinned, with waits that watch.")
      .version(version, "-V, --version", "print the version")
      .helpCommand("help [command]", "show the help, or that of a command")
      .addHelpText("after", "\nGlobal options stand before or behind the command: flotilla COMMAND --help shows them.")
      .showHelpAfterError("Run with --help for the flags.")
      .exitOverride()
      // What stands before the command is the program's, what stands behind it the command's own.
      .enablePositionalOptions()
      .hook("preAction", (_program, command) => {
        takeEarlierFlags(program, command);
        refuseEmptyValues(command);
        applyVariables(command);
        refuseLoneNeeds(command);
      })
  );
}

/** What compares the stack file with the cluster, and what makes them the same. */
function addRuns(program: Command, execute: Execute): void {
  // What both may be told: a plan is what up would do with the same flags.
  const add = (usage: string, description: string): Command =>
    addGlobalOptions(program.command(usage).description(description), { selects: true })
      .addOption(setOption())
      .addOption(pruneOption())
      .addOption(adoptOption())
      .addOption(takeOverOption())
      .addOption(forceConflictsOption());
  add("plan", "show what up would do")
    .option("--exit-code", "exit 3 when there is something to do")
    .option("--save <file>", "write the plan to a file, for `flotilla up FILE`")
    .addOption(noPagerOption())
    .action((options) => execute(options, async () => (await import("./commands/of-stacks.ts")).planCommand(options)));
  add("up [plan]", "make the cluster match the stack file, or do what a saved plan says and nothing else")
    .addOption(allowDestructiveOption())
    .addOption(
      new Option(
        "--on-failure <what>",
        "what to do when a release fails: leave the rest (stop, the default), or undo the whole run",
      ).choices(["stop", "rollback"]),
    )
    .addOption(waitForLockOption())
    .option(
      "--restart-gateways",
      "when all is ready, make the pods of gateways anew whose proxies are of another version than istiod, one gateway at a time",
    )
    .option("--verify", "when all is ready, run the smoke tests that releases declare; exit 5 when one fails")
    .action((plan: string | undefined, options) =>
      execute(options, async () =>
        plan === undefined
          ? (await import("./commands/of-stacks.ts")).upCommand(options)
          : (await import("./commands/of-stacks.ts")).upSavedCommand(plan, options),
      ),
    );
}

/** For commands that cannot be told to take only some releases. */
function wholeStack(execute: Execute) {
  return (name: string, options: GlobalOptions, load: () => Promise<CommandRun>): Promise<void> =>
    execute(options, () => {
      refuseSelection(name, options);
      return load();
    });
}

function pruneOption(): Option {
  return new Option("--prune", "uninstall releases that left the stack file, after all that stays is ready");
}

function adoptOption(): Option {
  return new Option("--adopt", "take over releases and objects that were made without flotilla; deletes nothing");
}

function takeOverOption(): Option {
  return new Option("--take-over", "put right what somebody else left pending: they are dead, you say");
}

function forceConflictsOption(): Option {
  return new Option(
    "--force-conflicts <release>",
    "take over fields that others hold, with Helm 4 (repeatable, comma-separated)",
  ).argParser(collectNames);
}

function allowDestructiveOption(): Option {
  return new Option("--allow-destructive", "go on even where data is lost or an object replaced (plan -v shows what)");
}

function noPagerOption(): Option {
  return new Option("--no-pager", "do not page what is longer than the terminal (FLOTILLA_PAGER, PAGER say by what)");
}

function waitForLockOption(): Option {
  return new Option(
    "--wait-for-lock <duration>",
    "wait so long while another run is at work on the stack, such as 10m (default: not at all)",
  ).argParser(durationArgument);
}

/** What comes before the first run. */
function addBeginnings(program: Command, whole: ReturnType<typeof wholeStack>): void {
  const add = (usage: string, description: string): Command =>
    addGlobalOptions(program.command(usage).description(description));
  addInitOptions(add("init", "write a commented flotilla.yaml: asks in a terminal, takes flags without one")).action(
    (options) => whole("init", options, async () => (await import("./commands/init.ts")).initCommand(options)),
  );
  add("doctor", "look for what stands in the way of up").action((options) =>
    whole("doctor", options, async () => (await import("./commands/of-stacks.ts")).doctorCommand()),
  );
}

/** What only looks at the cluster. */
function addLooks(program: Command, execute: Execute): void {
  const whole = wholeStack(execute);
  const add = (usage: string, description: string, use: GlobalUse = {}): Command =>
    addGlobalOptions(program.command(usage).description(description), use);
  add("status", "show releases, versions, readiness and addresses", { selects: true })
    .option("--watch", "show it again after each change, until Ctrl-C")
    .action((options) =>
      execute(options, async () => (await import("./commands/of-stacks.ts")).statusCommand(options)),
    );
  add("diagnose [releases...]", "say why something is not ready; exit 1 when it will not heal by itself").action(
    (releases, options) =>
      whole("diagnose", options, async () => (await import("./commands/of-stacks.ts")).diagnoseCommand(releases)),
  );
  add("verify [releases...]", "run the smoke tests that releases declare; exit 5 when one fails")
    .addOption(viaOption())
    .action((releases, options) =>
      whole("verify", options, async () => (await import("./commands/of-stacks.ts")).verifyCommand(releases, options)),
    );
  add("history [run]", "show the runs of the stack, or what one of them did").action((run, options) =>
    whole("history", options, async () => (await import("./commands/of-stacks.ts")).historyCommand(run)),
  );
}

function viaOption(): Option {
  return new Option(
    "--via <way>",
    "how smoke tests get to a gateway: by its address, through a forwarded port, or (auto, the default) by what works",
  ).choices(["auto", "address", "port-forward"]);
}

function setOption(): Option {
  return collected("--set <release.path=value>", "set one value of a release");
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
