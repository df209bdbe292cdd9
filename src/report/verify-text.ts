import type { ProbeResult, SmokeTestResult, VerifyReport } from "../model/verify-report.ts";
import { createPalette, type Palette } from "./colors.ts";
import { counted } from "./counted.ts";
import { formatElapsed } from "./elapsed.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

const HEADERS = ["", "TEST", "PROBE", "RESULT", "TIME", "DETAIL"];

/** How smoke tests went, for people: a table, what failed and what to do. Ends with a line break. */
export function verifyText(report: VerifyReport, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  return `${verifyLines(report, palette).join("\n")}\n`;
}

/** The lines of {@link verifyText}, for a text that they are part of. */
export function verifyLines(report: VerifyReport, palette: Palette): string[] {
  const rows = report.tests.flatMap((test) => test.probes.map((probe, index) => probeRow(test, probe, index, palette)));
  return [
    headline(report, palette),
    "",
    ...tableLines(rows, { headers: HEADERS, headerPaint: palette.dim }),
    ...failures(report, palette),
  ];
}

/** A probe in a log: `dicom/web: tls passed in 12ms`. */
export function probeLine(
  { release, test, ...probe }: ProbeResult & { readonly release: string; readonly test: string },
  palette: Palette,
): string {
  const subject = plainLine(`${release}/${test}: ${probe.probe}`);
  const after = probe.outcome === "skipped" ? "" : ` in ${formatElapsed(probe.durationMs)}`;
  const said = probe.outcome === "failed" && probe.message !== null ? `: ${plainLine(probe.message)}` : "";
  return `${subject} ${paint(probe, palette)(probe.outcome)}${after}${said}`;
}

function headline({ stack, environment, context, outcome, durationMs, tests }: VerifyReport, palette: Palette): string {
  const probes = tests.flatMap((test) => test.probes);
  const failed = probes.filter((probe) => probe.outcome === "failed").length;
  const [sign, sum] =
    outcome === "passed"
      ? [palette.green("✔"), palette.green(`${counted(tests.length, "smoke test")} passed`)]
      : [palette.red("✖"), palette.red(`${failed} of ${counted(probes.length, "probe")} failed`)];
  const where = plainLine(`${environment} (${context})`);
  return `${sign} ${palette.bold(plainLine(stack))} → ${where}: ${sum} in ${formatElapsed(durationMs)}`;
}

function probeRow(test: SmokeTestResult, probe: ProbeResult, index: number, palette: Palette): string[] {
  const signs = { passed: palette.green("✔"), failed: palette.red("✖"), skipped: palette.yellow("↷") };
  const detail = probe.outcome === "failed" ? (probe.code ?? "") : (probe.message ?? "");
  const via = probe.probe === "connect" && test.via !== null ? test.via : "";
  return [
    signs[probe.outcome],
    index === 0 ? plainLine(`${test.release}/${test.name}`) : "",
    probe.probe,
    paint(probe, palette)(probe.outcome),
    probe.outcome === "skipped" ? "" : formatElapsed(probe.durationMs),
    plainLine(probe.outcome === "passed" && via !== "" ? via : detail),
  ];
}

function paint({ outcome }: ProbeResult, palette: Palette): (text: string) => string {
  return { passed: palette.green, failed: palette.red, skipped: palette.yellow }[outcome];
}

function failures({ tests }: VerifyReport, palette: Palette): string[] {
  const failed = tests.flatMap((test) =>
    test.probes.filter(({ outcome }) => outcome === "failed").map((probe) => ({ test, probe })),
  );
  if (failed.length === 0) return [];
  const lines = failed.flatMap(({ test, probe }) => [
    `  ${palette.red("✖")} ${palette.bold(plainLine(`${test.release}/${test.name}`))} ${probe.probe}: ${plainLine(`${probe.code}`)}`,
    `    ${plainLine(probe.message ?? "")}`,
    `    ${palette.cyan("→")} ${plainLine(probe.hint ?? "")}`,
  ]);
  return ["", palette.bold("Failed"), ...lines];
}
