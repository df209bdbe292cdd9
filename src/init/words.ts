import validRange from "semver/ranges/valid.js";
import { CHART_PORTS } from "../catalog/gateway-ports.ts";
import { PLATFORMS } from "../catalog/platforms.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import type { ChartPlace, GatewayRole, PortChoice } from "./choices.ts";
import { EXAMPLE_NAME, type ExampleChart } from "./example.ts";
import { labelFault } from "./label.ts";

/** What a piece of text means, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

/** A word for "nothing of that". */
export const NONE = "none";

/** `y`, `yes`, `n`, `no` in any case. */
export function readYesNo(text: string): Read<boolean> {
  if (/^y(es)?$/i.test(text)) return { value: true };
  return /^no?$/i.test(text) ? { value: false } : { fault: "the answer is y or n" };
}

/** One of the words in a list, by its whole name. */
export function readWord<Word extends string>(text: string, words: readonly Word[], what: string): Read<Word> {
  const word = words.find((each) => each === text.toLowerCase());
  return word === undefined
    ? { fault: `there is no "${text}"; ${didYouMeanOneOf(text, what, words)}` }
    : { value: word };
}

/** A platform's name; `none` for null. */
export function readPlatform(text: string): Read<string | null> {
  if (text.toLowerCase() === NONE) return { value: null };
  return readWord(text, PLATFORMS, "platforms");
}

/** A semver range, as of `version` in the stack file. */
export function readRange(text: string): Read<string> {
  return text.trim() !== "" && validRange(text) !== null
    ? { value: text }
    : { fault: `"${text}" is no semver range, such as ~1.31.0 or ^1.2` };
}

/** `ingress`, `egress`, both with a comma, or `none`. */
export function readGateways(text: string): Read<readonly GatewayRole[]> {
  const roles: GatewayRole[] = [];
  for (const part of parts(text)) {
    const read = readWord(part, ["ingress", "egress"] as const, "gateways");
    if ("fault" in read) return read;
    if (!roles.includes(read.value)) roles.push(read.value);
  }
  // In this order they also stand in the file.
  return { value: roles.toSorted().toReversed() };
}

/** `NAME:PORT`, several with commas, or `none`; beside those that a gateway opens anyway. */
export function readPorts(text: string): Read<readonly PortChoice[]> {
  const ports: PortChoice[] = [];
  for (const part of parts(text)) {
    const [, name = "", digits = ""] = /^(.+):(\d+)$/.exec(part) ?? [];
    const port = Number(digits);
    if (name === "" || port < 1 || port > 65_535) {
      return { fault: `"${part}" is no port: name and number, such as dicom-tls:11112` };
    }
    const fault = labelFault(name);
    if (fault !== null) return { fault };
    const taken = [...CHART_PORTS, ...ports].find((other) => other.name === name || other.port === port);
    if (taken !== undefined) return { fault: `the gateway has ${taken.port} (${taken.name}) already` };
    ports.push({ name, port });
  }
  return { value: ports };
}

/** A chart's place, `dicom` for the example, or `none`. */
export function readApp(text: string): Read<ChartPlace | ExampleChart | null> {
  if (text === NONE) return { value: null };
  if (text === EXAMPLE_NAME) return { value: { example: "dicom" } };
  if (/^oci:\/\/[^/]+\/./.test(text)) return { value: text };
  const [, source = "", name = ""] = /^(https?:\/\/[^/]+(?:\/.*)?)\/([^/]+)\/?$/.exec(text) ?? [];
  if (source !== "") return { value: { source, name } };
  if (text === "" || text.includes("://")) {
    return { fault: `"${text}" is no chart: a folder, an archive, oci://HOST/PATH/NAME or https://REPOSITORY/NAME` };
  }
  return { value: /^(\.{1,2}$|\.{1,2}\/|\/)/.test(text) ? text : `./${text}` };
}

function parts(text: string): readonly string[] {
  const all = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return all.length === 1 && all[0]?.toLowerCase() === NONE ? [] : all;
}
