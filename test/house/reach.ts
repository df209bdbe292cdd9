import { posix } from "node:path";
import ts from "typescript";
import type { Fence } from "./scripts.ts";
import { allNodes, placeOf, type SourceModule } from "./sources.ts";

/** What reaches beyond a module's room in a way that lint does not see. Empty for a module that keeps to the rules. */
export function reachesOf(module: SourceModule, rules: ReachRules): readonly string[] {
  const found: string[] = [];
  for (const node of allNodes(module.tree)) {
    const why = importFault(module, node, rules) ?? processFault(module, node, rules);
    if (why !== null) found.push(`${placeOf(module, node)} ${why}`);
  }
  return found;
}

/** The table that modules are held to. */
export interface ReachRules {
  readonly fences: Readonly<Record<string, Fence>>;
  readonly mayPrint: readonly string[];
  readonly mayExit: readonly string[];
  readonly maySpawn: string;
}

/** Packages that start processes; lint lets their whole room have them. */
const SPAWNING_PACKAGES = ["execa", "zx"];

function importFault(module: SourceModule, node: ts.Node, { fences, maySpawn }: ReachRules): string | null {
  const specifier = specifierOf(node);
  if (specifier === null) return null;
  if (specifier === undefined) return "imports what only the run can tell";
  if (SPAWNING_PACKAGES.includes(specifier) && module.file !== maySpawn) return `starts processes by ${specifier}`;
  if (specifier === "node:process" || specifier === "node:console") return `has ${specifier}, which hides what it does`;
  if (!specifier.startsWith(".")) return null;
  const straight = posix.normalize(specifier);
  const plain = straight.startsWith("..") ? straight : `./${straight}`;
  if (plain !== specifier) return `imports ${specifier} by a detour`;
  const [source, room] = posix.join(posix.dirname(module.file), specifier).split("/");
  const allowed = module.room === "" || room === module.room || fences[module.room]?.rooms.includes(room ?? "");
  return source === "src" && allowed ? null : `imports ${specifier} over the fence`;
}

/** The module that a node names: null when it names none, undefined when it is no plain text. */
function specifierOf(node: ts.Node): string | null | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]) ?? undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  return null;
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : null;
}

function processFault(module: SourceModule, node: ts.Node, { mayPrint, mayExit }: ReachRules): string | null {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return null;
  const target = node.expression.getText();
  const name = ts.isPropertyAccessExpression(node) ? node.name.text : (textOf(node.argumentExpression) ?? "");
  if (target === "globalThis") return `reaches for globalThis.${name}`;
  if (target !== "process") return null;
  const prints = ["stdout", "stderr"].includes(name) && !mayPrint.includes(module.room);
  const ends = ["exit", "exitCode", "reallyExit", "abort"].includes(name) && !mayExit.includes(module.room);
  return prints || ends ? `has process.${name}` : null;
}
