import type { ApplyConflict } from "../model/apply-conflict.ts";
import type { JsonObject } from "../model/json.ts";
import type { Palette } from "./colors.ts";
import { objectDocument } from "./documents.ts";
import { plainLine } from "./plain-text.ts";

/** Conflicts for people: object and field, who holds it, both values, and what settles it. Each ends with an empty line. */
export function conflictLines(conflicts: readonly ApplyConflict[], palette: Palette): string[] {
  return conflicts.flatMap(({ release, object, manager, field, live, wanted, remedy }) => {
    const { kind, namespace, name } = object;
    const place = plainLine(`${kind} ${namespace === null ? "" : `${namespace}/`}${name}`);
    const values = field === null ? [] : [`  held at  ${value(live)}`, `  wanted   ${value(wanted)}`];
    return [
      `${palette.red("✖")} ${palette.bold(plainLine(release))}  ${place}${field === null ? "" : `  ${plainLine(field)}`}`,
      `  held by  ${plainLine(manager)}`,
      ...values,
      ...(remedy === null ? [] : [`  ${palette.cyan("→")} ${plainLine(remedy)}`]),
      "",
    ];
  });
}

function value(text: string | null): string {
  return text === null ? "nothing" : plainLine(text);
}

/** The same for programs. */
export function conflictDocument(conflict: ApplyConflict): JsonObject {
  const { release, object, manager, field, live, wanted, remedy } = conflict;
  return { release, object: objectDocument(object), manager, field, live, wanted, remedy };
}
