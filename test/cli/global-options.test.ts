import { type Command, CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createProgram } from "../../src/cli/program.ts";
import { currentSandboxName } from "../../src/sandbox/sandbox-name.ts";
import { useVariables } from "../support/variables.ts";

const setVariables = useVariables();
const NAMES =
  "CONFIG ENVIRONMENT CONTEXT KUBECONFIG SANDBOX ONLY WITH_NEEDS TIMEOUT PARALLEL OUTPUT YES NO_COLOR VERBOSE LOG_FILE";
beforeEach(() => {
  setVariables(Object.fromEntries(NAMES.split(" ").map((name) => [`FLOTILLA_${name}`, undefined])));
});

/** Keeps what commander would print. */
function hush(command: Command, printed: string[]): void {
  command.configureOutput({ writeErr: (text) => printed.push(text), writeOut: (text) => printed.push(text) });
  for (const each of command.commands) hush(each, printed);
}

/** What a command line means, or the text of its refusal. */
async function parse(...args: readonly string[]): Promise<unknown> {
  let options: unknown = null;
  const program = createProgram("1.2.3", async (given) => void (options = { ...given }));
  const printed: string[] = [];
  hush(program, printed);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return printed.join("");
  }
  return options;
}

describe("flags", () => {
  test("have defaults", async () => {
    expect(await parse("up")).toEqual({ output: "text", color: true });
  });

  test.for(["lock", "plan", "up", "status", "down", "graph"])("are taken by %s", async (command) => {
    const where = "-c f.yaml -e prod --context kind --kubeconfig k.yaml --only a --with-needs";
    const how = "--timeout 1h30m --parallel 8 -o json --yes --no-color -v --log-file log";
    expect(await parse(command, ...`${where} ${how}`.split(" "))).toMatchObject({
      config: "f.yaml",
      environment: "prod",
      context: "kind",
      kubeconfig: "k.yaml",
      only: ["a"],
      withNeeds: true,
      timeout: 5_400_000,
      parallel: 8,
      output: "json",
      yes: true,
      color: false,
      verbose: true,
      logFile: "log",
    });
  });

  test.for([
    ["--only a", ["a"]],
    ["--only a --only b", ["a", "b"]],
    ["--only a,b --only c", ["a", "b", "c"]],
    ["--only ,a,b,", ["a", "b"]],
  ] as const)("%s names releases %j", async ([line, only]) => {
    expect(await parse("up", ...line.split(" "))).toMatchObject({ only });
  });

  test.for([
    ["--sandbox up", { sandbox: true }],
    ["-o json -e prod up --yes", { output: "json", environment: "prod", yes: true }],
    ["--no-color status", { color: false }],
    ["-e dev plan -e prod", { environment: "prod" }],
    ["--only a plan --only b,c", { only: ["a", "b", "c"] }],
    ["--sandbox sandbox status", { sandbox: true }],
    ["--timeout 90s up", { timeout: 90_000 }],
  ] as const)("may stand before the command: %s", async ([line, options]) => {
    expect(await parse(...line.split(" "))).toMatchObject(options);
  });

  test("before the command outweigh variables", async () => {
    setVariables({ FLOTILLA_ENVIRONMENT: "other", FLOTILLA_SANDBOX: "1" });
    expect(await parse("-e", "prod", "--context", "kind", "up")).toEqual({
      environment: "prod",
      context: "kind",
      output: "text",
      color: true,
    });
  });

  test("--set may be given again and again, commas and all", async () => {
    expect(await parse("up", "--set", "a.b=1,2", "--set", "a.c=x")).toMatchObject({ set: ["a.b=1,2", "a.c=x"] });
  });
});

describe("variables", () => {
  test("stand for flags", async () => {
    setVariables({
      FLOTILLA_CONFIG: "f.yaml",
      FLOTILLA_ENVIRONMENT: "prod",
      FLOTILLA_CONTEXT: "kind",
      FLOTILLA_KUBECONFIG: "k.yaml",
      FLOTILLA_ONLY: "a,b",
      FLOTILLA_TIMEOUT: "90s",
      FLOTILLA_PARALLEL: "2",
      FLOTILLA_OUTPUT: "ndjson",
      FLOTILLA_LOG_FILE: "log",
    });
    expect(await parse("up")).toMatchObject({
      config: "f.yaml",
      environment: "prod",
      context: "kind",
      kubeconfig: "k.yaml",
      only: ["a", "b"],
      timeout: 90_000,
      parallel: 2,
      output: "ndjson",
      logFile: "log",
    });
  });

  test.for([
    ["FLOTILLA_SANDBOX", "sandbox"],
    ["FLOTILLA_WITH_NEEDS", "withNeeds"],
    ["FLOTILLA_YES", "yes"],
    ["FLOTILLA_VERBOSE", "verbose"],
  ] as const)("%s=1 switches on", async ([name, option]) => {
    setVariables({ [name]: "1" });
    expect(await parse("up")).toMatchObject({ [option]: true });
  });

  test("FLOTILLA_NO_COLOR=1 switches colors off", async () => {
    setVariables({ FLOTILLA_NO_COLOR: "1" });
    expect(await parse("up")).toMatchObject({ color: false });
  });

  test("count as unset when they are empty", async () => {
    setVariables(Object.fromEntries(NAMES.split(" ").map((name) => [`FLOTILLA_${name}`, ""])));
    expect(await parse("up")).toEqual({ output: "text", color: true });
  });

  test.for(["0", "false", "no"])("switch off with %s", async (value) => {
    const switches = ["SANDBOX", "WITH_NEEDS", "YES", "NO_COLOR", "VERBOSE"];
    setVariables(Object.fromEntries(switches.map((name) => [`FLOTILLA_${name}`, value])));
    expect(await parse("up")).toEqual({ output: "text", color: true });
    // What is off names no sandbox either.
    expect(currentSandboxName()).toBe("default");
  });

  test.for([
    ["yes", "default"],
    ["second", "second"],
  ] as const)("FLOTILLA_SANDBOX=%s means the sandbox %s", async ([value, name]) => {
    setVariables({ FLOTILLA_SANDBOX: value });
    expect(await parse("up")).toMatchObject({ sandbox: true });
    expect(currentSandboxName()).toBe(name);
  });

  test.for(["--context", "--kubeconfig"])("FLOTILLA_SANDBOX gives way to %s", async (flag) => {
    setVariables({ FLOTILLA_SANDBOX: "1" });
    expect(await parse("up", flag, "x")).not.toHaveProperty("sandbox");
  });

  test("FLOTILLA_CONTEXT gives way to --sandbox", async () => {
    setVariables({ FLOTILLA_CONTEXT: "kind", FLOTILLA_KUBECONFIG: "k.yaml" });
    expect(await parse("up", "--sandbox")).toEqual({ sandbox: true, output: "text", color: true });
  });

  test("are named in the help", async () => {
    expect(await parse("up", "--help")).toMatch(/\(env:\s+FLOTILLA_SANDBOX\)/);
  });

  test("that select releases are for plan, up and status", async () => {
    setVariables({ FLOTILLA_ONLY: "a", FLOTILLA_WITH_NEEDS: "1" });
    for (const command of ["plan", "up", "status"]) {
      expect(await parse(command)).toMatchObject({ only: ["a"], withNeeds: true });
      expect(await parse(command, "--help")).toContain("--only <release>");
    }
    for (const command of ["graph", "lock", "down", "doctor", "diagnose"]) {
      expect(Object.keys((await parse(command)) as object)).not.toContain("only");
      expect(await parse(command, "--help")).not.toMatch(/--only|--with-needs/);
    }
  });

  test("give way to flags", async () => {
    setVariables({ FLOTILLA_CONTEXT: "kind", FLOTILLA_ONLY: "a,b", FLOTILLA_OUTPUT: "json" });
    expect(await parse("up", "--context", "other", "--only", "c", "-o", "text")).toMatchObject({
      context: "other",
      only: ["c"],
      output: "text",
    });
  });
});

describe("what cannot be meant is refused with the flag's name", () => {
  test.for([
    [["up", "--timeout", "soon"], /--timeout.*duration such as 90s/],
    [["up", "--timeout", "0s"], /--timeout.*longer than nothing/],
    [["lock", "--check", "--update"], /--check.*cannot be used with.*--update/],
    [["lock", "--update", "app", "--check"], /--check.*cannot be used with.*--update/],
    [["plan", "--with-needs"], /--with-needs goes with --only/],
    [["--with-needs", "up"], /--with-needs goes with --only/],
    [["up", "-c", ""], /'-c, --config <file>' argument is empty/],
    [["--context", "", "status"], /'--context <name>' argument is empty/],
    [["plan", "--save="], /'--save <file>' argument is empty/],
    [["up", ""], /argument 'plan' is empty/],
    [["diagnose", "app", ""], /argument 'releases' is empty/],
    [["up", "--set", "app.a=1", "--set", ""], /'--set <release.path=value>' argument is empty/],
    [["up", "--parallel", "0"], /--parallel.*whole number/],
    [["up", "--parallel", "2.5"], /--parallel.*whole number/],
    [["up", "-o", "yaml"], /--output.*text, json, ndjson/],
    [["graph", "--format", "png"], /--format.*text, mermaid, dot/],
    [["up", "--sandbx"], /--sandbx/],
    [["up", "one.plan", "another.plan"], /too many arguments/],
    [["upp"], /unknown command 'upp'/],
    [["up", "--context"], /--context/],
    [["up", "--only", ","], /--only.*name a release/],
    [["up", "--sandbox", "--context", "kind"], /--sandbox and --context name two clusters/],
    [["--context", "kind", "up", "--sandbox"], /--sandbox and --context name two clusters/],
    [["--sandbx", "up"], /--sandbx/],
    [["--timeout", "soon", "up"], /--timeout.*duration/],
    [["up", "--sandbox", "--kubeconfig", "k.yaml"], /--sandbox and --kubeconfig name two clusters/],
  ] as const)("%j", async ([args, message]) => {
    expect(await parse(...args)).toMatch(message);
  });

  test("in a variable too, with the variable's name", async () => {
    setVariables({ FLOTILLA_TIMEOUT: "soon" });
    expect(await parse("up")).toMatch(/FLOTILLA_TIMEOUT.*duration/s);
    setVariables({ FLOTILLA_TIMEOUT: undefined, FLOTILLA_YES: "maybe" });
    expect(await parse("up")).toMatch(/'maybe' from env 'FLOTILLA_YES'.*1, true, yes/);
  });
});

describe("the process ends with", () => {
  const before = process.exitCode;
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = before;
  });

  test.for([
    [["up", "--timeout", "soon"], 2],
    [["up", "--nonsense"], 2],
    [["nonsense"], 2],
    [[], 2],
    [["--sandbox"], 2],
    [["--version"], 0],
    [["up", "--help"], 0],
    [["help"], 0],
    [["help", "up"], 0],
  ] as const)("%j: %d", async ([args, code]) => {
    const printed = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
    for (const spy of printed) spy.mockReturnValue(true);
    await main(args);
    expect(process.exitCode).toBe(code);
    // Help that was asked for is a result; everything else is not.
    const [out, err] = printed.map((spy) => spy.mock.calls.length > 0);
    expect([out, err]).toEqual(code === 0 ? [true, false] : [false, true]);
  });
});
