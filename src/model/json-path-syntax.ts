/**
 * One step of a JSONPath. `field` a key, `index` a place in a list (negative: from its end), `slice` places from
 * `start` up to `end`, `wildcard` every child, `descend` the value and all below it, `filter` the children for which
 * a comparison holds.
 */
export type PathStep =
  | { readonly type: "field"; readonly name: string }
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "slice"; readonly start: number | null; readonly end: number | null }
  | { readonly type: "wildcard" }
  | { readonly type: "descend" }
  | {
      readonly type: "filter";
      /** From the child on. */
      readonly path: readonly PathStep[];
      /** Null: whatever is there will do. */
      readonly comparison: { readonly operator: Operator; readonly value: string | number | boolean | null } | null;
    };

/** How a filter compares. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** A path that was read, or why it could not be. */
export type ParsedPath = { readonly steps: readonly PathStep[] } | { readonly problem: string };

/**
 * Reads a JSONPath as kubectl takes it (kubernetes.io, "JSONPath Support"): `{.status.addresses[0].ip}`, `{.a["k"]}`,
 * `{.a['k']}`, `.a\.b`, `[*]`, `[1:3]`, `..name`, `[?(@.type=="Ready")]`. As with `kubectl wait`, the braces and the
 * first dot may be left out. Unions, `range` and regular expressions are not taken.
 */
export function parseJsonPath(text: string): ParsedPath {
  const inner = /^\{(.*)\}$/s.exec(text.trim())?.[1] ?? text.trim();
  const path = inner.replace(/^\$/, "");
  if (path === "" || path === ".") return { problem: "it names no field" };
  const reader = new PathReader(/^[.[]/.test(path) ? path : `.${path}`);
  try {
    return { steps: reader.readAll() };
  } catch (error) {
    if (error instanceof PathProblem) return { problem: error.message };
    throw error;
  }
}

class PathProblem extends Error {}

class PathReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): readonly PathStep[] {
    const steps: PathStep[] = [];
    while (this.#at < this.#text.length) steps.push(...this.#step());
    return steps;
  }

  #step(): readonly PathStep[] {
    if (this.#take("..")) return [{ type: "descend" }, ...(this.#text[this.#at] === "[" ? [] : [this.#name()])];
    if (this.#take(".")) return [this.#name()];
    if (this.#take("[")) return [this.#bracket()];
    throw this.#problem("a . or [ is expected");
  }

  #name(): PathStep {
    if (this.#take("*")) return { type: "wildcard" };
    const name = this.#match(/(?:\\.|[^.[\]\\(){}'"\s=<>!?@*])+/y);
    if (name === null) throw this.#problem("a name is expected");
    return { type: "field", name: name.replaceAll(/\\(.)/g, "$1") };
  }

  #bracket(): PathStep {
    if (this.#take("?(")) return this.#filter();
    if (this.#take("*]")) return { type: "wildcard" };
    const quoted = this.#quoted();
    if (quoted !== null) return this.#closed({ type: "field", name: quoted }, "]");
    const slice = this.#match(/-?\d*:-?\d*(?=\])/y);
    if (slice !== null) {
      const [start = null, end = null] = slice.split(":").map((part) => (part === "" ? null : Number(part)));
      return this.#closed({ type: "slice", start, end }, "]");
    }
    const index = this.#match(/-?\d+/y);
    if (index !== null) return this.#closed({ type: "index", index: Number(index) }, "]");
    throw this.#problem('a number, *, a quoted name or ?( is expected after "["');
  }

  #filter(): PathStep {
    if (!this.#take("@")) throw this.#problem("a filter begins with @");
    const path: PathStep[] = [];
    while (this.#text[this.#at] === "." || this.#text[this.#at] === "[") path.push(...this.#step());
    this.#match(/\s+/y);
    const operator = this.#match(/==|!=|<=|>=|<|>/y) as Operator | null;
    if (operator === null) return this.#closed({ type: "filter", path, comparison: null }, ")]");
    this.#match(/\s+/y);
    const value = this.#literal();
    this.#match(/\s+/y);
    return this.#closed({ type: "filter", path, comparison: { operator, value } }, ")]");
  }

  #literal(): string | number | boolean | null {
    const quoted = this.#quoted();
    if (quoted !== null) return quoted;
    const word = this.#match(/true|false|null|-?\d+(?:\.\d+)?/y);
    if (word === null) throw this.#problem("a quoted text, a number, true, false or null is expected");
    // One of the four forms of the pattern above.
    return JSON.parse(word) as number | boolean | null;
  }

  #quoted(): string | null {
    const found = this.#match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/y);
    return found === null ? null : found.slice(1, -1).replaceAll(/\\(.)/g, "$1");
  }

  #closed(step: PathStep, end: string): PathStep {
    if (!this.#take(end)) throw this.#problem(`${end} is missing`);
    return step;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #problem(what: string): PathProblem {
    return new PathProblem(`${what}, at "${this.#text.slice(this.#at, this.#at + 20)}"`);
  }
}
