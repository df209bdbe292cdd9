import { resolve } from "node:path";
import { isMapping } from "../catalog/mapping.ts";
import type { SourceAccess } from "../model/stack.ts";
import type { StackFile } from "./schema.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** An entry of `sources`. */
type SourceEntry = NonNullable<StackFile["sources"]>[string];

/** What charts are looked up in. */
export interface ChartSources {
  /** Folder of the stack file, absolute: paths are taken from there. */
  readonly folder: string;
  /** By name, in the file's order; null for one that does not fit the schema. */
  readonly named: ReadonlyMap<string, SourceEntry | null>;
}

/** The sources of a stack file. */
export function chartSources({ stack, tree, folder }: Pick<RuleInput, "stack" | "tree" | "folder">): ChartSources {
  const section = isMapping(tree) ? tree["sources"] : undefined;
  const names = isMapping(section) ? Object.keys(section) : [];
  const entries = new Map(Object.entries(stack.sources ?? {}));
  return { folder, named: new Map(names.map((name) => [name, entries.get(name) ?? null])) };
}

/** How a source that is named in the stack file is reached. */
export function sourceAccess(name: string, { named, folder }: ChartSources): SourceAccess {
  const { caFile, username, password } = named.get(name) ?? {};
  return {
    name,
    caFile: caFile === undefined ? null : resolve(folder, caFile),
    credentials: username === undefined || password === undefined ? null : { username, password },
  };
}
