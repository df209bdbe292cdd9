import { resolve } from "node:path";
import { ISTIO_CHARTS, retiredPlace } from "../catalog/istio-sources.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { readPlace } from "./chart-reference.ts";
import type { RuleInput } from "./shaped-stack.ts";
import type { StackInput } from "./stack-input.ts";
import type { Path } from "./yaml-source.ts";

/** Every source is a place that can be opened, and says all that is needed to log in, or nothing. */
export function namedSources({ source, stack, folder }: RuleInput): ConfigProblem[] {
  return Object.entries(stack.sources ?? {}).flatMap(([name, { url, caFile, username, password }]) => {
    const at = (key: string): Path => ["sources", name, key];
    const place = readPlace(url, "chart", folder);
    if ("message" in place) return [source.problem(at("url"), "value", place)];
    const problems: ConfigProblem[] = [];
    const isFolder = !url.includes("://");
    for (const [key, value] of Object.entries({ caFile, username, password })) {
      if (!isFolder || value === undefined) continue;
      problems.push(source.problem(at(key), "key", { message: `"${name}" is a folder, which needs no ${key}` }));
    }
    if ((username === undefined) !== (password === undefined)) {
      const [there, missing] = username === undefined ? ["password", "username"] : ["username", "password"];
      const message = `"${name}" has a ${there}, but no ${missing}`;
      const hint = "write both, or neither for the logins of Helm and Docker";
      problems.push(source.problem(at(there), "key", { message, hint }));
    }
    return problems;
  });
}

/** What will not fail, but should not stay: passwords in the open, and places that are about to go away. */
export function sourceWarnings({ source, stack }: RuleInput): ConfigProblem[] {
  return Object.entries(stack.sources ?? {}).flatMap(([name, { url, password }]) => {
    const warn = (key: string, message: string, hint: string): ConfigProblem =>
      source.problem(["sources", name, key], "value", { severity: "warning", message, hint });
    const problems: ConfigProblem[] = [];
    if (password !== undefined && url.startsWith("http://")) {
      problems.push(warn("url", `"${name}" sends its password over plain http, for everybody to read`, "use https://"));
    }
    if (password !== undefined && !source.spelling(["sources", name, "password"])?.includes("${")) {
      const hint = "write ${secret:env:NAME} or ${secret:file:PATH}";
      problems.push(warn("password", `the password of "${name}" stands in the file in clear`, hint));
    }
    const retired = retiredPlace(url);
    if (retired !== null) {
      problems.push(warn("url", `Istio removes ${retired} in December 2026`, `use ${ISTIO_CHARTS}`));
    }
    return problems;
  });
}

/** The files with authorities that sources name are there. */
export async function authorityFiles(
  { source, stack, folder }: RuleInput,
  { readText, displayPath }: StackInput,
): Promise<ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const [name, { caFile }] of Object.entries(stack.sources ?? {})) {
    if (caFile === undefined) continue;
    const path = resolve(folder, caFile);
    const place = ["sources", name, "caFile"];
    try {
      const text = await readText(path);
      if (text?.includes("-----BEGIN ")) continue;
      const message = text === null ? `there is no file "${caFile}"` : `"${caFile}" holds no certificate in PEM form`;
      const hint = text === null ? `looked for ${displayPath(path)}; paths are relative to the stack file` : null;
      problems.push(source.problem(place, "value", { message, hint }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(source.problem(place, "value", { message: `"${caFile}" cannot be read: ${reason}` }));
    }
  }
  return problems;
}
