import { dirname, resolve } from "node:path";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import { PLATFORMS } from "../catalog/platforms.ts";
import { isMapping } from "../catalog/mapping.ts";
import { interpolate } from "./interpolate.ts";
import { kindOf } from "./json-tree.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { References } from "./references.ts";
import { type Profile, profileSchema } from "./schema-profile.ts";
import { checkShape } from "./shape.ts";
import type { StackInput } from "./stack-input.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** Reads values files and profiles, each once, and keeps what is wrong with them. */
export class LayerSource {
  readonly problems: ConfigProblem[] = [];
  private readonly input: StackInput;
  private readonly stack: YamlSource;
  private readonly references: References;
  private readonly files = new Map<string, JsonObject>();

  constructor(input: StackInput, stack: YamlSource, references: References) {
    this.input = input;
    this.stack = stack;
    this.references = references;
  }

  /** The values of a file that the stack file names at `path`, relative to itself. Empty when they cannot be had. */
  async valuesFile(name: string, path: Path): Promise<JsonObject> {
    const absolute = resolve(dirname(this.input.file), name);
    const known = this.files.get(absolute);
    if (known) return known;
    const values = await this.readValues(name, absolute, path);
    this.files.set(absolute, values);
    return values;
  }

  /** A profile; empty when it cannot be had, which is then reported at `path`. */
  async profile(name: string, path: Path): Promise<Profile> {
    const text = await this.input.profileText(name);
    if (text === null) {
      // That a name means no platform at all is said by a rule.
      if (!PLATFORMS.some((platform) => platform === name)) return {};
      this.problems.push(
        this.stack.problem(path, "value", {
          message: `the profile "${name}" is missing from this flotilla`,
          hint: "install flotilla anew",
        }),
      );
      return {};
    }
    const { source, value } = await this.parse(`values/${name}.yaml`, text);
    if (!source) return {};
    const shaped = checkShape(profileSchema, source, value, { lists: [], root: {} });
    this.problems.push(...shaped.problems);
    // Only what fits the schema is left.
    return (shaped.value ?? {}) as Profile;
  }

  private async readValues(name: string, absolute: string, path: Path): Promise<JsonObject> {
    let text: string | null;
    try {
      text = await this.input.readText(absolute);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.problems.push(this.stack.problem(path, "value", { message: `"${name}" cannot be read: ${reason}` }));
      return {};
    }
    if (text === null) {
      const message = `there is no values file "${name}"`;
      const hint = `looked for ${this.input.displayPath(absolute)}; paths are relative to the stack file`;
      this.problems.push(this.stack.problem(path, "value", { message, hint }));
      return {};
    }
    const { source, value } = await this.parse(this.input.displayPath(absolute), text);
    // A file of comments alone is an empty one, as for helm.
    if (isMapping(value) || value === null) return value ?? {};
    if (source) {
      const message = `a values file holds a mapping, not ${kindOf(value)}`;
      this.problems.push(source.problem([], "value", { message }));
    }
    return {};
  }

  private async parse(file: string, text: string): Promise<{ source: YamlSource | null; value: JsonValue }> {
    const parsed = parseYaml(file, text);
    this.problems.push(...parsed.problems);
    if (!parsed.source) return { source: null, value: null };
    const { value, problems } = await interpolate(parsed.source, this.references, () => false);
    if (!this.input.keepUnset) this.problems.push(...problems);
    return { source: parsed.source, value };
  }
}
