import { describe, expect, test } from "vitest";
import { parseModule, readSources } from "./sources.ts";
import { undocumented } from "./undocumented.ts";

test("everything that is exported says what it is", () => {
  expect(readSources().flatMap(undocumented)).toEqual([]);
});

describe("would be seen", () => {
  test.for([
    "export function f() {}",
    "export const c = 1;",
    "export interface I {}",
    "export type T = string;",
    "export class C {}",
    "// no doc comment\nexport function f() {}",
    "/** */\nexport function f() {}",
    "/** Of something else. */\nimport x from 'y';\nexport const c = 1;",
    "/** Documented. */\nexport const a = 1;\n\nexport const c = 1;",
    "/** Documented. */\nexport interface I {\n  readonly f: () => void;\n}",
    "/** Documented. */\nexport interface I {\n  m(): void;\n}",
    "/** Documented. */\nexport type T = {\n  readonly f: () => void;\n};",
    "/** Documented. */\nexport class C {\n  m() {}\n}",
    "/** Documented. */\nexport class C {\n  get m() { return 1; }\n}",
  ])("%s", (text) => {
    expect(undocumented(parseModule("src/plan/x.ts", text))).toHaveLength(1);
  });

  test.for([
    "/** Documented. */\nexport function f() {}",
    "/** Documented. */\nexport async function f() {}",
    "/** Two that belong together. */\nexport const a = 1;\nexport const b = 2;",
    "function own() {}\nconst c = 1;",
    'export { x } from "./x.ts";\nexport * from "./y.ts";',
    "/** Documented. */\nexport interface I {\n  readonly name: string;\n  /** Documented. */\n  readonly f: () => void;\n}",
    "/** Documented. */\nexport class C {\n  readonly name = 1;\n  constructor() {}\n  #own() {}\n  private old() {}\n}",
    "/** Documented. */\nexport class C implements I {\n  m() {}\n}",
  ])("but not %s", (text) => {
    expect(undocumented(parseModule("src/plan/x.ts", text))).toEqual([]);
  });
});
