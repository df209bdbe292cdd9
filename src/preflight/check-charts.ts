import type { Finding } from "../model/finding.ts";
import { type Facts, problemOf, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** Are the charts to be had, and do they render? */
export function checkCharts({ charts, rendered }: Facts): readonly Finding[] {
  const unavailable = problemOf(charts);
  if (unavailable !== null) {
    const hint = unavailable.hint ?? "Look at the chart's source in the stack file.";
    return [finding("charts-unavailable", unavailable.message, hint)];
  }
  return (valueOf(rendered) ?? []).flatMap(({ release, objects }) => {
    const problem = problemOf(objects);
    if (problem === null) return [];
    const hint = problem.hint ?? `Look at the values of ${release}.`;
    return [finding("chart-not-rendered", `The chart of ${release} does not render: ${problem.message}`, hint)];
  });
}
