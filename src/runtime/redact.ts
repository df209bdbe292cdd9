import { secretForms } from "./secret-forms.ts";

/** Stands wherever a secret would show. */
export const MASK = "***";

/** Fields of ours whose words programs read; nothing from outside stands in them. */
const WORDS_OF_OURS: ReadonlySet<string> = new Set(["type", "outcome", "action", "level", "severity", "code"]);

/** Knows secrets and takes them out of what is about to be shown. */
export class Redactor {
  readonly #secrets = new Set<string>();
  readonly #forms = new Set<string>();

  /** Remembers a secret for as long as the process lives. Fewer than four characters are not looked for. */
  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const form of secretForms(secret)) this.#forms.add(form);
  }

  /** Whether a text is a secret as a whole. */
  isSecret(text: string): boolean {
    return this.#secrets.has(text) && this.#forms.has(text.trim());
  }

  /** A text with every secret in it masked, in whatever form {@link secretForms} knows. */
  text(text: string): string {
    const found: [start: number, end: number][] = [];
    for (const form of this.#forms) {
      if (form.length > text.length) continue;
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) found.push([at, at + form.length]);
    }
    return found.length === 0 ? text : masked(text, found);
  }

  /** A text of JSON with the secrets in its strings masked: numbers and words stay, so it is still JSON. */
  jsonText(text: string): string {
    if (this.#forms.size === 0) return text;
    return text.replace(/"((?:[^"\\]|\\.)*)"/gs, (_literal, inner: string) => `"${this.text(inner)}"`);
  }

  /**
   * A value with the secrets in its texts masked, keys of mappings included; the very same value where there are none.
   * Errors in it are changed as {@link Redactor.error} does, other objects with a class are left as they are.
   */
  value<T>(value: T): T {
    // A masked value has the type it had: texts stay texts.
    return this.#forms.size === 0 ? value : (this.#deep(value, new Set()) as T);
  }

  /** Masks the secrets in an error itself, its causes and all that it carries; returns the same error. */
  error<T>(error: T): T {
    return this.value(error);
  }

  #deep(value: unknown, above: ReadonlySet<unknown>): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null || above.has(value)) return value;
    const inside = new Set([...above, value]);
    if (value instanceof Error) return this.#inError(value, inside);
    if (Array.isArray(value))
      return sameUnlessChanged(
        value,
        value.map((item) => this.#deep(item, inside)),
      );
    return isPlain(value) ? this.#inMapping(value, inside) : value;
  }

  #inMapping(mapping: Readonly<Record<string, unknown>>, above: ReadonlySet<unknown>): unknown {
    let changed = false;
    const entries = Object.entries(mapping).map(([key, value]) => {
      const shown = WORDS_OF_OURS.has(key) && typeof value === "string" ? value : this.#deep(value, above);
      const name = this.text(key);
      changed ||= shown !== value || name !== key;
      return [name, shown] as const;
    });
    return changed ? Object.fromEntries(entries) : mapping;
  }

  #inError(error: Error, above: ReadonlySet<unknown>): Error {
    for (const key of Reflect.ownKeys(error)) {
      const value: unknown = Reflect.get(error, key);
      const shown = key === "code" ? value : this.#deep(value, above);
      if (shown !== value) Reflect.set(error, key, shown);
    }
    return error;
  }
}

/** The one owner of what this process must not show: a secret of one run is one for all. */
export const secrets = new Redactor();

/** Puts one mask where the finds are; those that touch or overlap get one together. */
function masked(text: string, finds: readonly (readonly [start: number, end: number])[]): string {
  let shown = "";
  let covered = -1;
  for (const [start, end] of finds.toSorted((a, b) => a[0] - b[0])) {
    if (start > covered) shown += text.slice(Math.max(covered, 0), start) + MASK;
    covered = Math.max(covered, end);
  }
  return shown + text.slice(covered);
}

function sameUnlessChanged(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.some((item, index) => item !== before[index]) ? after : before;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
