import { resolve } from "node:path";

/** Variables as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Where references are resolved from. */
export interface ReferenceSource {
  readonly variables: Variables;
  /** What paths of secrets are relative to: the stack file's folder, absolute. */
  readonly folder: string;
  /** Text of a file by its absolute path; null when there is none. */
  readText(path: string): Promise<string | null>;
  /** Is told every secret that a reference stands for, before anything can quote it. */
  onSecret(secret: string): void;
}

/** A text with its references resolved, and those that could not be. */
export interface ResolvedText {
  readonly text: string;
  /** True when at least one reference was resolved: then it stays a text, whatever it looks like. */
  readonly resolved: boolean;
  readonly faults: readonly ReferenceFault[];
}

/** A reference that stands for nothing. */
export interface ReferenceFault {
  /** As it is written. */
  readonly reference: string;
  readonly message: string;
  readonly hint: string;
}

const REFERENCE = /\$\$\{|\$\{(?:env|secret):[^}]*\}?/g;
const VARIABLE = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}$/;
const SECRET_VARIABLE = /^\$\{secret:env:([A-Za-z_][A-Za-z0-9_]*)\}$/;
const SECRET_FILE = /^\$\{secret:file:([^}]+)\}$/;

/** A reference in a text that was not resolved; `$${` is none. */
const UNRESOLVED = /(?<!\$)\$\{(?:env|secret):/;

/** Whether a text as it is written stands for another one. */
export function hasReference(text: string): boolean {
  return UNRESOLVED.test(text);
}

/** A larger file is no secret but a mistake. In characters. */
const LARGEST_SECRET = 1024 * 1024;

type Resolved = string | { readonly message: string; readonly hint: string };

/**
 * Resolves `${env:NAME}` and `${env:NAME:-default}` (the default also stands in for an empty variable, as in a shell),
 * `${secret:env:NAME}` and `${secret:file:PATH}` (without one line break at its end), and turns `$${` into `${`. Any
 * other `${…}` is left alone.
 */
export class References {
  readonly #source: ReferenceSource;
  /** What came of each file of a secret, by the path as it is written. */
  readonly #files = new Map<string, Resolved>();
  /** Files that were asked for and not read yet. */
  readonly #awaited = new Set<string>();

  constructor(source: ReferenceSource) {
    this.#source = source;
  }

  /** Does work that resolves references, and does it again when files had to be read for them. */
  async settle<T>(work: () => T): Promise<T> {
    for (;;) {
      const result = work();
      if (this.#awaited.size === 0) return result;
      for (const path of this.#awaited) this.#files.set(path, await secretFile(path, this.#source));
      this.#awaited.clear();
    }
  }

  /** A text with its references resolved; to be called within {@link References.settle}. Never throws. */
  resolve(text: string): ResolvedText {
    const faults: ReferenceFault[] = [];
    let resolved = false;
    const result = text.replace(REFERENCE, (reference) => {
      if (reference === "$${") return "${";
      const found = this.#resolveReference(reference);
      resolved ||= typeof found === "string";
      if (typeof found === "string") return found;
      faults.push({ reference, ...found });
      return reference;
    });
    return { text: result, resolved, faults };
  }

  #resolveReference(reference: string): Resolved {
    const { variables } = this.#source;
    const [, path] = SECRET_FILE.exec(reference) ?? [];
    if (path !== undefined) return this.#secret(this.#secretFile(path));
    const [, secretName] = SECRET_VARIABLE.exec(reference) ?? [];
    if (secretName !== undefined) return this.#secret(secretVariable(secretName, variables));
    const [, name, fallback] = VARIABLE.exec(reference) ?? [];
    const set = name === undefined ? undefined : variables[name];
    if (set !== undefined && (set !== "" || fallback === undefined)) return set;
    return fallback ?? unresolved(reference, name);
  }

  #secretFile(path: string): Resolved {
    const known = this.#files.get(path);
    if (known === undefined) this.#awaited.add(path);
    return known ?? "";
  }

  #secret(secret: Resolved): Resolved {
    if (typeof secret === "string" && secret !== "") this.#source.onSecret(secret);
    return secret;
  }
}

function unresolved(reference: string, name: string | undefined): Resolved {
  if (name !== undefined) {
    return {
      message: `the variable ${name} is not set`,
      hint: `set it, give it a default as in \${env:${name}:-…}, or write $\${env:${name}} to keep the text as it is`,
    };
  }
  return reference.startsWith("${secret:")
    ? {
        message: `${reference} is no reference to a secret`,
        hint: "write ${secret:env:NAME} or ${secret:file:PATH}, without a default, or $${secret:… to keep the text as it is",
      }
    : {
        message: `${reference} is no reference to a variable`,
        hint: "write ${env:NAME} or ${env:NAME:-default}, or $${env:… to keep the text as it is",
      };
}

/** An empty one is missing: that is what CI systems make of a secret that they do not have. */
function secretVariable(name: string, variables: Variables): Resolved {
  const set = variables[name];
  if (set !== undefined && set !== "") return set;
  return {
    message: `the variable ${name}, which holds a secret, is ${set === undefined ? "not set" : "empty"}`,
    hint: `set it, or write $\${secret:env:${name}} to keep the text as it is`,
  };
}

async function secretFile(path: string, { folder, readText }: ReferenceSource): Promise<Resolved> {
  const fault = (why: string): Resolved => ({
    message: `the secret's file "${path}" ${why}`,
    hint: `paths are relative to the stack file; write $\${secret:file:… to keep the text as it is`,
  });
  let text: string | null;
  try {
    text = await readText(resolve(folder, path));
  } catch (error) {
    return fault(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === null) return fault("is not there");
  if (text.length > LARGEST_SECRET) return fault("is too large for a secret (more than 1 MiB)");
  if (text.includes("\uFFFD")) return fault("is not text in UTF-8");
  const secret = text.replace(/\r?\n$/, "");
  return secret === "" ? fault("is empty") : secret;
}
