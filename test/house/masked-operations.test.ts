import ts from "typescript";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { join } from "node:path";
import { readFile } from "node:fs/promises";

/** Gives out a handle, and does its work within other operations. */
const NO_OPERATION = ["helmProvider"];

/** Functions that the library gives away, by the file that they are in. */
async function publicFunctions(): Promise<readonly (readonly [file: string, name: string])[]> {
  const index = await readFile(join(packageRoot(), "src", "index.ts"), "utf8");
  return [...index.matchAll(/export \{([^}]*)\} from "\.\/(operations\/[^"]+)"/g)].flatMap(
    ([, names = "", file = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !name.startsWith("type ") && !NO_OPERATION.includes(name))
        .map((name) => [file, name] as const),
  );
}

test("every operation of the library goes through the mask", async () => {
  const functions = await publicFunctions();
  expect(functions.length).toBeGreaterThan(5);
  const unmasked: string[] = [];
  for (const [file, name] of functions) {
    const text = await readFile(join(packageRoot(), "src", file), "utf8");
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const masked = tree.statements.some(
      (statement) =>
        ts.isVariableStatement(statement) &&
        statement.declarationList.declarations.some(
          ({ name: declared, initializer }) =>
            declared.getText() === name &&
            /^(?:withoutSecrets|showingNoSecrets|yieldingNoSecrets)[<(]/.test(initializer?.getText() ?? ""),
        ),
    );
    if (!masked) unmasked.push(`${file}: ${name}`);
  }
  expect(unmasked).toEqual([]);
});
