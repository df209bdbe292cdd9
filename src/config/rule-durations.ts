import type { ConfigProblem } from "../model/errors.ts";
import { parseDuration } from "../model/durations.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import type { Path } from "./yaml-source.ts";

/** A timeout leaves some time. */
export function zeroTimeouts({ source, stack }: RuleInput): ConfigProblem[] {
  const timeouts: { path: Path; text: string | undefined }[] = [
    { path: ["defaults", "timeout"], text: stack.defaults?.timeout },
    ...placedReleases(stack).map(({ entry, path }) => ({
      path: [...path, "wait", "timeout"],
      text: entry.wait ? entry.wait.timeout : undefined,
    })),
  ];
  return timeouts.flatMap(({ path, text }) => {
    if (text === undefined || parseDuration(text) !== 0) return [];
    return [
      source.problem(path, "value", {
        message: "a timeout is longer than nothing",
        hint: "wait: false does not wait at all",
      }),
    ];
  });
}
