import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../src/runtime/directories.ts";

/** A module of `src/`, parsed. */
export interface SourceModule {
  /** Relative to the root: `src/plan/order.ts`. */
  readonly file: string;
  /** The folder of `src/` that it belongs to; empty for `src/index.ts`. */
  readonly room: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Every module of `src/`. */
export function readSources(): readonly SourceModule[] {
  const root = packageRoot();
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .toSorted()
    .map((name) => parseModule(`src/${name}`, readFileSync(join(root, "src", name), "utf8")));
}

/** Parses one module. */
export function parseModule(file: string, text: string): SourceModule {
  const [, room = "", rest] = file.split("/");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  return { file, room: rest === undefined ? "" : room, text, tree };
}

/** `file:line` of a node, for people. */
export function placeOf({ file, tree }: SourceModule, node: ts.Node): string {
  return `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** Every node below a node, itself included. */
export function* allNodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* allNodes(child);
}
