import { readdir, readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { flotilla } from "../support/flotilla.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useBundle } from "../support/use-bundle.ts";
import { startInTerminal, type TerminalSession } from "../support/terminal.ts";

const folder = useTempFolder();
let env: Readonly<Record<string, string | undefined>>;

useBundle();

beforeEach(() => {
  const names = ["CONFIG", "SANDBOX", "ENVIRONMENT", "CONTEXT", "KUBECONFIG", "OUTPUT", "YES", "LOG_FILE"];
  env = {
    ...Object.fromEntries(names.map((name) => [`FLOTILLA_${name}`, undefined])),
    KUBECONFIG: folder.join("none"),
  };
});

const terminal = (...args: readonly string[]): TerminalSession =>
  startInTerminal(["init", ...args], { cwd: folder.path, env });
const run = (...args: readonly string[]) => flotilla(["init", ...args], { cwd: folder.path, env });
const written = (): Promise<string> => readFile(folder.join("flotilla.yaml"), "utf8");

describe("in a terminal", () => {
  test("asks what no flag has said, and again what it does not understand", async () => {
    const session = terminal("--profile", "kind", "--context", "kind-shop", "--app", "none");
    await session.shows("Name of the stack [");
    session.type("Shop\r");
    await session.shows('"Shop" is no DNS label');
    await session.shows("Name of the stack [");
    session.type("shop\r");
    await session.shows("What this environment is called (-e NAME) [dev]: ");
    session.type("\r");
    await session.shows("Install Istio as well (y, n) [y]: ");
    // One letter too many, and back.
    session.type("nx\u007f\r");
    expect(await session.ended).toBe(0);
    expect(session.text()).toMatch(/flotilla\.yaml: the stack shop\n\nWhat next:\n {2}flotilla doctor/);
    expect(await written()).toMatch(/^ {2}dev: \{ profile: kind, context: kind-shop \}$/m);
    expect(await written()).not.toMatch(/^istio:/m);
  });

  test("takes what is pasted at once", async () => {
    const session = terminal();
    await session.shows("Name of the stack [");
    session.type("shop\r\rn\rnone\r");
    expect(await session.ended).toBe(0);
    expect(await written()).toMatch(/^stack: shop$/m);
  });

  test.for([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ] as const)("%s in the middle leaves nothing", async ([, key]) => {
    const session = terminal("--app", "dicom");
    await session.shows("Name of the stack [");
    session.type("shop\r");
    await session.shows("Context [none]: ");
    session.type(key);
    expect(await session.ended).toBe(130);
    expect(session.text()).toMatch(/Context \[none\]: *\nerror\[interrupted\]: Nothing was written\.\n$/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("asks nothing with --yes, and before a file that is there", async () => {
    expect(await terminal("--yes", "--stack", "shop").ended).toBe(0);
    const again = terminal();
    expect(await again.ended).toBe(4);
    expect(again.text()).not.toContain("Name of the stack");
  });
});

describe("without a terminal", () => {
  test("takes flags and defaults", async () => {
    const { code, stdout, stderr } = await run("-o", "json", "--stack", "shop", "--gateways", "ingress,egress");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const file = folder.join("flotilla.yaml");
    expect(JSON.parse(stdout)).toEqual({ version: 1, stack: "shop", file, exampleChart: null });
    expect(await written()).toMatch(/^ {4}istio-egressgateway:$/m);
  });

  test("says how the next commands find file and cluster", async () => {
    const { stdout } = await run("-c", "deploy/shop.yaml", "--sandbox", "--stack", "shop");
    expect(stdout).toContain("✔ deploy/shop.yaml: the stack shop");
    expect(stdout).toContain("flotilla up -c deploy/shop.yaml --sandbox");
  });

  test("ends with 2 for flags that cannot be meant, with 4 for a file that is there", async () => {
    expect(await run("--port", "web:443")).toMatchObject({ code: 2, stderr: expect.stringContaining("--port: ") });
    expect(await readdir(folder.path)).toEqual([]);
    await writeFile(folder.join("flotilla.yaml"), "mine");
    expect(await run()).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("error[file-exists]") });
    expect(await written()).toBe("mine");
    expect(await run("--force")).toMatchObject({ code: 0 });
  });
});
