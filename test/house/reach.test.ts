import { describe, expect, test } from "vitest";
import { reachesOf, type ReachRules } from "./reach.ts";
import { houseScripts } from "./scripts.ts";
import { parseModule, readSources } from "./sources.ts";

const { FENCES, MAY_EXIT, MAY_PRINT, MAY_SPAWN } = await houseScripts();
const RULES: ReachRules = { fences: FENCES, mayPrint: MAY_PRINT, mayExit: MAY_EXIT, maySpawn: MAY_SPAWN };

test("no module reaches over a fence in a way that lint does not see", () => {
  const modules = readSources();
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.flatMap((module) => reachesOf(module, RULES))).toEqual([]);
});

describe("would be seen", () => {
  test.for([
    ["src/plan/x.ts", 'import { x } from "../kube/x.ts";'],
    ["src/plan/x.ts", 'import { x } from "./../model/x.ts";'],
    ["src/plan/x.ts", 'import { x } from "../model/../kube/x.ts";'],
    ["src/plan/x.ts", 'import { x } from "./y/../../kube/x.ts";'],
    ["src/plan/x.ts", 'import { x } from "../../scripts/x.ts";'],
    ["src/plan/deep/x.ts", 'import { x } from "../../kube/x.ts";'],
    ["src/plan/x.ts", 'type X = import("../kube/x.ts").X;'],
    ["src/plan/x.ts", 'export * from "../kube/x.ts";'],
    ["src/plan/x.ts", "await import(`../kube/x.ts`);"],
    ["src/plan/x.ts", "await import(name);"],
    ["src/runtime/other.ts", 'import { execa } from "execa";'],
    ["src/kube/x.ts", 'import { exit } from "node:process";'],
    ["src/kube/x.ts", 'process.stdout.write("x");'],
    ["src/kube/x.ts", 'process["stderr"].write("x");'],
    ["src/report/x.ts", "process.exitCode = 1;"],
    ["src/kube/x.ts", "globalThis.console.log(1);"],
  ] as const)("%s: %s", ([file, text]) => {
    expect(reachesOf(parseModule(file, text), RULES)).toEqual([expect.stringContaining(`${file}:1 `)]);
  });

  test.for([
    ["src/plan/x.ts", 'import { x } from "../model/x.ts"; import { y } from "./y.ts"; import z from "node:crypto";'],
    ["src/cli/commands/x.ts", 'import { x } from "../y.ts"; import { z } from "../../model/z.ts"; process.exit(1);'],
    ["src/runtime/process.ts", 'import { execa } from "execa";'],
    ["src/report/x.ts", 'process.stdout.write("x");'],
    ["src/kube/x.ts", "process.env.HOME; process.pid;"],
    ["src/index.ts", 'export { x } from "./operations/x.ts";'],
  ] as const)("but not %s: %s", ([file, text]) => {
    expect(reachesOf(parseModule(file, text), RULES)).toEqual([]);
  });
});
