import { isMapping } from "../catalog/mapping.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { References } from "./references.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

/** Values with their references resolved. */
export interface Interpolated {
  readonly value: JsonValue;
  readonly problems: readonly ConfigProblem[];
}

/** Resolves the references in a file's texts. What lies at paths for which `skip` is true is not looked at. */
export function interpolate(
  source: YamlSource,
  references: References,
  skip: (path: Path) => boolean,
): Promise<Interpolated> {
  return references.settle(() => {
    const problems: ConfigProblem[] = [];
    const visit = (value: JsonValue, path: Path): JsonValue => {
      if (typeof value === "string") return resolveText(value, path);
      if (skip(path)) return value;
      if (Array.isArray(value)) return value.map((item: JsonValue, index) => visit(item, [...path, index]));
      return isMapping(value) ? mapValues(value, (below, key) => visit(below, [...path, key])) : value;
    };
    const resolveText = (written: string, path: Path): string => {
      const { text, faults } = references.resolve(written);
      for (const { reference, ...finding } of faults) problems.push(source.problemWithin(path, reference, finding));
      return text;
    };
    return { value: visit(source.value, []), problems };
  });
}

function mapValues(mapping: JsonObject, map: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, map(value ?? null, key)]));
}
