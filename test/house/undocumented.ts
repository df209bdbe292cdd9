import ts from "typescript";
import { placeOf, type SourceModule } from "./sources.ts";

/**
 * Every export that says nothing about itself, and of what is exported every public method and every field that takes a
 * function: what they do cannot be told from a name. Fields of plain data may be named well enough; what a class does
 * for an interface is said there.
 */
export function undocumented(module: SourceModule): readonly string[] {
  return module.tree.statements.filter(isExported).flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return [];
    if (ts.isVariableStatement(statement)) {
      const names = statement.declarationList.declarations.map((each) => each.name.getText());
      return isDocumented(statement) || isGrouped(statement)
        ? []
        : [`${placeOf(module, statement)} ${names.join(", ")}`];
    }
    const name = nameOf(statement);
    const own = isDocumented(statement) ? [] : [`${placeOf(module, statement)} ${name}`];
    return [...own, ...membersOf(statement).flatMap((member) => memberFaults(module, member, name))];
  });
}

function isExported(node: ts.Statement): boolean {
  if (ts.isExportDeclaration(node)) return true;
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** One of several constants that stand together without a blank line: the comment above the first speaks for all. */
function isGrouped(node: ts.Statement): boolean {
  const { statements, text } = node.getSourceFile();
  const before = statements[statements.indexOf(node) - 1];
  if (!before || !ts.isVariableStatement(before)) return false;
  const together = /^\n[^\n]*$/.test(text.slice(before.end, node.getStart()));
  return together && (isDocumented(before) || isGrouped(before));
}

/** A doc comment with words in it right before the node. */
function isDocumented(node: ts.Node): boolean {
  const comments = ts.getLeadingCommentRanges(node.getSourceFile().text, node.getFullStart()) ?? [];
  const last = comments.at(-1);
  if (!last) return false;
  const text = node.getSourceFile().text.slice(last.pos, last.end);
  return text.startsWith("/**") && /\w/.test(text);
}

function nameOf(node: ts.Node): string {
  return ts.isDeclarationStatement(node) && node.name ? node.name.getText() : "default";
}

/** What has to be explained of a type beside itself. */
function membersOf(node: ts.Node): readonly ts.Node[] {
  if (ts.isInterfaceDeclaration(node)) return node.members.filter(isBehaviour);
  if (ts.isClassDeclaration(node)) return isImplementation(node) ? [] : node.members.filter(isPublicMethod);
  if (ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type)) return node.type.members.filter(isBehaviour);
  return [];
}

function isBehaviour(member: ts.TypeElement): boolean {
  if (!ts.isPropertySignature(member)) return !ts.isIndexSignatureDeclaration(member);
  return member.type !== undefined && ts.isFunctionTypeNode(member.type);
}

function isImplementation(node: ts.ClassDeclaration): boolean {
  return (node.heritageClauses ?? []).some(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);
}

function isPublicMethod(member: ts.ClassElement): boolean {
  if (!ts.isMethodDeclaration(member) && !ts.isAccessor(member)) return false;
  if (ts.isPrivateIdentifier(member.name)) return false;
  return !(ts.getModifiers(member) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
}

function memberFaults(module: SourceModule, member: ts.Node, owner: string): readonly string[] {
  if (isDocumented(member)) return [];
  const name = ts.isPropertySignature(member) || ts.isClassElement(member) ? member.name?.getText() : member.getText();
  return [`${placeOf(module, member)} ${owner}.${name ?? "?"}`];
}
