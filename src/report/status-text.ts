import type { ReleaseStatus, StackStatus } from "../model/result.ts";
import { addressLines } from "./address-text.ts";
import { createPalette, type Palette } from "./colors.ts";
import { counted } from "./counted.ts";
import { diagnosisLines } from "./diagnosis-text.ts";
import { plainLine } from "./plain-text.ts";
import { proxyLines } from "./proxy-text.ts";
import { tableLines } from "./tables.ts";

const HEADERS = ["", "RELEASE", "NAMESPACE", "CHART", "APP VERSION", "REVISION", "STATUS", "READY", "DRIFT"];

/** The state of a stack, for people: a table, what is wrong, the addresses. Ends with a line break. */
export function statusText(status: StackStatus, options: { readonly color: boolean }): string {
  const palette = createPalette(options.color);
  const rows = status.releases.map((release) => releaseRow(release, palette));
  const lines = [
    headline(status, palette),
    "",
    ...tableLines(rows, { headers: HEADERS, headerPaint: palette.dim }),
    ...findings(status.releases, palette),
    ...addressLines(status.addresses, palette),
    ...proxyLines(status.outdatedProxies, palette),
  ];
  return `${lines.join("\n")}\n`;
}

function headline(status: StackStatus, palette: Palette): string {
  const ready = status.releases.filter((release) => release.ready).length;
  const all = status.releases.length;
  const sum =
    ready === all
      ? palette.green(`${counted(all, "release")} ready`)
      : palette.red(`${ready} of ${counted(all, "release")} ready`);
  return `${palette.bold(plainLine(status.stack))} → ${plainLine(`${status.environment} (${status.context})`)}: ${sum}`;
}

function releaseRow(release: ReleaseStatus, palette: Palette): string[] {
  const installed = release.helmStatus !== null;
  const chart = [release.chart, release.version].filter((part) => part !== null).join(" ");
  return [
    releaseSign(release, palette),
    plainLine(release.name),
    plainLine(release.namespace),
    plainLine(chart),
    plainLine(release.appVersion ?? ""),
    release.revision === null ? "" : `${release.revision}`,
    installed ? plainLine(release.helmStatus) : palette.dim("not installed"),
    release.ready ? palette.green("yes") : palette.red("no"),
    driftText(release.drifted, palette),
  ];
}

function releaseSign(release: ReleaseStatus, palette: Palette): string {
  if (release.ready) return palette.green("✔");
  return release.helmStatus === null ? palette.dim("·") : palette.red("✖");
}

function driftText(drifted: boolean | null, palette: Palette): string {
  if (drifted === null) return "";
  return drifted ? palette.yellow("drifted") : "none";
}

function findings(releases: readonly ReleaseStatus[], palette: Palette): string[] {
  const found = releases.filter((release) => release.diagnosis.length > 0);
  if (found.length === 0) return [];
  const lines = found.flatMap((release) => [
    `  ${palette.bold(plainLine(release.name))}`,
    ...diagnosisLines(release.diagnosis, palette, 4),
  ]);
  return ["", palette.bold("Findings"), ...lines];
}
