import { FlotillaError } from "../model/errors.ts";
import type { ChartFile } from "../charts/pack-chart.ts";

/** Where released images are; the charts in Istio's source name those of its own test builds. */
const RELEASE_HUB = "docker.io/istio";

/**
 * Turns a chart of Istio's source into one of a release, as Istio's release build does: chart and app version, and the
 * default hub and tag of the images. The rest is kept byte by byte, the empty `hub` and `tag` of single components too.
 * @param file the file as it is in the source
 * @throws FlotillaError `chart-invalid` when the source does not look as expected
 */
export function stampIstioFile(file: ChartFile, version: string): ChartFile {
  if (file.path === "Chart.yaml") {
    const stamped = replaceOnce(textOf(file), /^version: .*$/m, `version: ${version}`, file.path);
    return withText(file, replaceOnce(stamped, /^appVersion: .*$/m, `appVersion: ${version}`, file.path));
  }
  if (file.path !== "values.yaml") return file;
  const text = textOf(file);
  // Charts without images of their own (base, gateway) name no hub.
  if (!/^ *hub: registry\.istio\.io\/testing$/m.test(text)) return file;
  const hub = replaceOnce(text, /^( *)hub: registry\.istio\.io\/testing$/m, `$1hub: ${RELEASE_HUB}`, file.path);
  return withText(file, replaceOnce(hub, /^( *)tag: latest$/m, `$1tag: ${version}`, file.path));
}

function textOf(file: ChartFile): string {
  return Buffer.from(file.content).toString("utf8");
}

function withText(file: ChartFile, text: string): ChartFile {
  return { path: file.path, content: Buffer.from(text, "utf8") };
}

function replaceOnce(text: string, pattern: RegExp, replacement: string, path: string): string {
  const count = [...text.matchAll(new RegExp(pattern, "gm"))].length;
  if (count === 1) return text.replace(pattern, replacement);
  throw new FlotillaError("chart-invalid", `Istio's ${path} has ${count} places that fit ${pattern}, not one.`);
}
