import type { ObjectChange, ObjectDrift, Plan, ReleaseStep } from "../model/plan.ts";
import type { Palette } from "./colors.ts";
import { objectName } from "./diagnosis-text.ts";
import { plainLine, plainText } from "./plain-text.ts";

/** How many objects a release's step touches: `+3 ~1 -2`, and how many have drifted; empty where none. */
export function changeCounts({ changes, drift }: ReleaseStep, palette: Palette): string {
  const count = (change: ObjectChange["change"]): number => changes.filter((each) => each.change === change).length;
  const parts = [
    [count("add"), "+", palette.green],
    [count("change"), "~", palette.yellow],
    [count("remove"), "-", palette.red],
  ] as const;
  const counts = parts.flatMap(([number, sign, paint]) => (number === 0 ? [] : [paint(`${sign}${number}`)]));
  return [...counts, ...(drift.length === 0 ? [] : [palette.yellow(`${drift.length} drifted`)])].join(" ");
}

/** What is lost for good, object by object; no lines where nothing is. */
export function lossLines(plan: Plan, palette: Palette): string[] {
  const losses = releaseSteps(plan).flatMap((step) =>
    step.changes
      .filter(({ destructive }) => destructive)
      .map((change) => {
        const what = `${plainLine(step.release)}: ${objectName(change)}`;
        return `  ${palette.red("!")}  ${what} loses ${plainLine(change.loses ?? "something")}`;
      }),
  );
  return losses.length === 0
    ? []
    : [palette.red("Takes something away for good (--allow-destructive):"), ...losses, ""];
}

/** Every object that changes or has drifted, with the difference: what `-v` adds to a plan. */
export function changeLines(plan: Plan, palette: Palette): string[] {
  return releaseSteps(plan).flatMap((step) => {
    const objects = [
      ...step.drift.flatMap((drift) => driftLines(drift, palette)),
      ...step.changes.flatMap((change) => objectLines(change, palette)),
    ];
    return objects.length === 0 ? [] : [palette.bold(plainLine(step.release)), ...objects];
  });
}

/** Whether there is anything that {@link changeLines} would show. */
export function hasChanges(plan: Plan): boolean {
  return releaseSteps(plan).some(({ changes, drift }) => changes.length > 0 || drift.length > 0);
}

function releaseSteps({ steps }: Plan): readonly ReleaseStep[] {
  return steps.flatMap((step) => (step.kind === "release" ? [step] : []));
}

function objectLines(change: ObjectChange, palette: Palette): string[] {
  const signs = { add: palette.green("+"), change: palette.yellow("~"), remove: palette.red("-") };
  const loses = change.loses === null ? "" : palette.red(`  loses ${plainLine(change.loses)}`);
  return [
    `  ${signs[change.change]} ${palette.bold(objectName(change))}${loses}`,
    ...diffLines(change.diff, palette),
    "",
  ];
}

function driftLines(drift: ObjectDrift, palette: Palette): string[] {
  const how = drift.drift === "missing" ? "is gone from the cluster" : "was changed in the cluster";
  return [`  ${palette.yellow("≠")} ${palette.bold(objectName(drift))} ${how}`, ...diffLines(drift.diff, palette), ""];
}

function diffLines(diff: string, palette: Palette): string[] {
  const paints: Readonly<Record<string, Palette["red"]>> = { "+": palette.green, "-": palette.red };
  return plainText(diff)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `    ${(paints[line[0] ?? ""] ?? palette.dim)(line)}`);
}
