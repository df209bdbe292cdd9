import { type FailurePattern, group } from "./failure.ts";

const VALUES_HINT = "Check the release's values in the stack file against the chart's own values.yaml.";

/**
 * `postgres: at '/persistence/enabled': got string, want boolean`: each value by the chart, or part of it, that refuses it.
 * Below a rule that is made of others (`'allOf' failed`) stand, further in, those that did not hold.
 */
function misfits(text: string): string[] {
  let chart = "";
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const [, indent, misfit] = /^(\s*)- (.*)$/.exec(line) ?? [];
    if (indent === undefined) {
      chart = /^\S+:$/.test(line) ? `${line} ` : chart;
      return [];
    }
    const inner = /^(\s*)- /.exec(lines[index + 1] ?? "")?.[1] ?? "";
    return inner.length > indent.length ? [] : [`${chart}${misfit}`];
  });
}

const TEMPLATE_HINT = `A value that the template needs may be missing or of the wrong type. ${VALUES_HINT}`;

/** What is wrong with the chart or with the values it got, told before anything reaches the cluster. */
export const CHART_FAILURES: readonly FailurePattern[] = [
  {
    code: "schema",
    refusal: "schema",
    pattern: /values don't meet the specifications of the schema\(s\) in the following chart\(s\):\n([\s\S]*)/,
    explain: (match, { name }) => ({
      message: `The values of release ${name} do not fit the chart's schema: ${misfits(group(match, 1)).join("; ")}.`,
      hint: "Correct these values in the stack file; the chart's values.yaml shows what it takes.",
    }),
  },
  {
    code: "unknown",
    refusal: "template",
    pattern: /execution error at \(([^\s)]+?):(\d+):\d+\): ([^\n]*)/,
    explain: (match, { name }) => ({
      message: `The chart refuses the values of release ${name}: ${group(match, 3)} (${group(match, 1)}, line ${group(match, 2)}).`,
      hint: VALUES_HINT,
    }),
  },
  {
    code: "unknown",
    pattern: /executing "[^"]*" at </,
    explain: ({ input }) => ({ message: innermostTemplateError(input), hint: TEMPLATE_HINT }),
  },
  {
    code: "unknown",
    pattern: /parse error at \(([^\s)]+?):(\d+)\): ([^\n]*)/,
    explain: (match) => ({
      message: `The chart's template ${group(match, 1)} has an error near line ${group(match, 2)}: ${group(match, 3)}.`,
      hint: "This is an error of the chart itself; correct it, or take another version of the chart.",
    }),
  },
  {
    code: "unknown",
    pattern: /YAML parse error on (\S+): (?:error converting YAML to JSON: )?(?:yaml: )?(?:line (\d+): )?([^\n]*)/,
    explain: (match) => ({
      message: `What the chart's template ${group(match, 1)} renders is not YAML${group(match, 2) ? ` (line ${group(match, 2)} of the output)` : ""}: ${group(match, 3)}.`,
      hint: `A value may hold characters or lines that the template does not expect. ${VALUES_HINT}`,
    }),
  },
  {
    code: "unknown",
    pattern: /chart requires kubeVersion: (\S.*?) which is incompatible with Kubernetes (\S+)/,
    explain: (match) => ({
      message: `The chart asks for Kubernetes ${group(match, 1)}; the cluster has ${group(match, 2)}.`,
      hint: "Take a version of the chart that supports this cluster, or upgrade the cluster.",
    }),
  },
  {
    code: "unknown",
    pattern: /found in Chart\.yaml, but missing in charts\/ directory: ([^\n]*)/,
    explain: (match) => ({
      message: `The chart lacks charts that it depends on: ${group(match, 1)}.`,
      hint: "Fetch them with `helm dependency build` in the chart's folder.",
    }),
  },
  {
    code: "unknown",
    pattern: /path "([^"]+)" not found|Chart\.yaml file is missing/,
    explain: (match) => ({
      message: group(match, 1) ? `There is no chart at ${group(match, 1)}.` : "The chart has no Chart.yaml.",
      hint: "Check the release's chart in the stack file.",
    }),
  },
];

/**
 * Templates that include each other repeat the error, the innermost last: Helm 3 in one line, Helm 4 over several.
 */
function innermostTemplateError(text: string): string {
  const places = [...text.matchAll(/([^\s:]{1,500}):(\d+):\d+:?\s+executing "[^"]*" at <([^\n]*?)>:/g)];
  const place = places.at(-1);
  if (!place) return text;
  const why =
    text
      .slice(place.index + place[0].length)
      .trim()
      .split("\n")[0] ?? "";
  return `The chart's template ${group(place, 1)} fails at line ${group(place, 2)} (${group(place, 3)}): ${why}.`;
}
