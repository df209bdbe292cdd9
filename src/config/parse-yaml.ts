import { type Document, type ParsedNode, parseAllDocuments, type YAMLError } from "yaml";
import type { ConfigProblem } from "../model/errors.ts";
import { readNodes } from "./yaml-nodes.ts";
import { SourceText, YamlSource } from "./yaml-source.ts";

/** What came of a file: its values when it could be read, and what is wrong with it. */
export interface ParsedYaml {
  /** Null when the file is no YAML at all. */
  readonly source: YamlSource | null;
  readonly problems: readonly ConfigProblem[];
}

/** No stack or values file comes near this; larger ones are taken for a mistake. In characters. */
const LARGEST = 4 * 1024 * 1024;

/** Reads a YAML file of one document. Never throws: whatever is wrong is a problem. An empty file is null. */
export function parseYaml(file: string, fileText: string): ParsedYaml {
  const text = new SourceText(file, fileText.replace(/^\uFEFF/, ""));
  const unreadable = notText(text);
  if (unreadable) return { source: null, problems: [unreadable] };
  try {
    return parseText(text);
  } catch (error) {
    // The parser calls itself for each level.
    const message = error instanceof RangeError ? "is nested too deeply" : `is no YAML: ${String(error)}`;
    return { source: null, problems: [text.problem(null, { message: `the file ${message}` })] };
  }
}

function parseText(text: SourceText): ParsedYaml {
  const parsed = parseAllDocuments(text.text, { prettyErrors: false, uniqueKeys: false, merge: true });
  const documents: Document.Parsed<ParsedNode>[] = Array.isArray(parsed) ? parsed : [];
  const faults = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  if (faults.length > 0) return { source: null, problems: syntaxProblems(text, faults) };
  const [first, second] = documents.filter((document) => !isEmpty(document));
  if (second) {
    const offset = second.contents?.range[0] ?? second.range[0];
    return { source: null, problems: [text.problem(offset, MORE_DOCUMENTS)] };
  }
  const { value, places, problems } = readNodes(text, first?.contents ?? null);
  return { source: new YamlSource(text, value, places), problems };
}

const MORE_DOCUMENTS = {
  message: "the file holds more than one YAML document",
  hint: "keep one document in a file; remove the line ---",
};

function isEmpty({ contents }: Document.Parsed<ParsedNode>): boolean {
  return contents === null || contents.range[0] === contents.range[1];
}

function notText(text: SourceText): ConfigProblem | null {
  if (text.text.length > LARGEST) {
    return text.problem(null, { message: `the file is too large (more than ${LARGEST / 1024 / 1024} MiB)` });
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const offset = text.text.search(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFD]/);
  if (offset < 0) return null;
  return text.problem(offset, {
    message: "the file is not text: there is a byte here that no YAML file in UTF-8 holds",
    hint: "is it the right file? If it is UTF-16, save it as UTF-8",
  });
}

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  MISSING_CHAR: "a quote, bracket or brace that is opened above is never closed",
  BAD_INDENT: "a bracket or brace above is never closed, or this line is indented too little",
  BAD_ALIAS: "an alias (*name) needs an anchor (&name) above it",
  BLOCK_AS_IMPLICIT_KEY: "put text that holds a colon and a blank into quotes",
  TAG_RESOLVE_FAILED: "remove the tag, or put the text into quotes",
};

/** One problem a line: what follows on the same line is mostly the same slip. */
function syntaxProblems(text: SourceText, faults: readonly YAMLError[]): ConfigProblem[] {
  const byLine = new Map<number | null, ConfigProblem>();
  for (const fault of faults.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    const problem = text.problem(fault.pos[0], {
      message: `wrong YAML: ${fault.message.replace(/\.$/, "")}`,
      hint: HINTS[fault.code] ?? null,
    });
    if (!byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()];
}
