import { LONGEST_RELEASE } from "../model/names.ts";
import type { Answers } from "./answers.ts";
import type { EnvironmentChoice } from "./choices.ts";
import { contradiction } from "./contradictions.ts";
import { withDraft } from "./environment-questions.ts";
import { flagName } from "./flag-name.ts";
import { guessPlatform } from "./guess-platform.ts";
import type { InitFlags } from "./init-flags.ts";
import { labelFault } from "./label.ts";
import { type Read, readApp, readGateways, readPlatform, readPorts, readRange, readWord } from "./words.ts";

/** How each flag is read: into the answer that it is. */
const READERS: { readonly [Flag in keyof InitFlags]?: (text: string) => Read<Answers> } = {
  stack: (text) => into(label(text), (stack) => ({ stack })),
  istioVersion: (text) => into(readRange(text), (istioVersion) => ({ istioVersion })),
  mode: (text) => into(readWord(text, ["sidecar", "ambient"] as const, "modes"), (mode) => ({ mode })),
  gateways: (text) => into(readGateways(text), (gateways) => ({ gateways })),
  exposure: (text) => into(readWord(text, ["internal", "public"] as const, "exposures"), (exposure) => ({ exposure })),
  app: (text) => into(readApp(text), (app) => ({ app })),
  release: (text) => into(label(text, LONGEST_RELEASE), (release) => ({ release })),
  namespace: (text) => into(label(text), (namespace) => ({ namespace })),
  chartVersion: (text) => into(readRange(text), (chartVersion) => ({ chartVersion })),
};

/** The answers that flags give, or the first thing that is wrong with them. */
export function readFlags(flags: InitFlags): Read<Answers> {
  let answers: Answers = {};
  for (const [flag, read] of Object.entries(READERS)) {
    const text = flags[flag as keyof InitFlags];
    if (typeof text !== "string") continue;
    const answer = read(text);
    if ("fault" in answer) return { fault: `${flagName(flag)}: ${answer.fault}` };
    answers = { ...answers, ...answer.value };
  }
  if (flags.port !== undefined) {
    const ports = readPorts(flags.port.join(","));
    if ("fault" in ports) return { fault: `--port: ${ports.fault}` };
    answers = { ...answers, ports: ports.value };
  }
  if (flags.mesh !== undefined) answers = { ...answers, mesh: flags.mesh };
  const istio = flags.istio ?? (speaksOfIstio(flags) ? true : null);
  if (istio !== null) answers = { ...answers, istio };
  const against = contradiction(flags, answers);
  return against === null ? withEnvironments(flags, answers) : { fault: against };
}

/** Who says how Istio shall be wants it. */
function speaksOfIstio(flags: InitFlags): boolean {
  const { istioVersion, mode, gateways, port, exposure, mesh } = flags;
  return [istioVersion, mode, gateways, port, exposure].some((flag) => flag !== undefined) || mesh === true;
}

function withEnvironments({ target = [], environment, context, profile }: InitFlags, answers: Answers): Read<Answers> {
  const environments: EnvironmentChoice[] = [];
  for (const text of target) {
    const read = readTarget(text);
    if ("fault" in read) return { fault: `--target: ${read.fault}` };
    environments.push(read.value);
  }
  const described = [environment, context, profile].some((part) => part !== undefined);
  if (!described) {
    return { value: target.length === 0 ? answers : { ...answers, environments, moreEnvironments: false } };
  }
  const platform = profile === undefined ? null : readPlatform(profile);
  if (platform !== null && "fault" in platform) return { fault: `--profile: ${platform.fault}` };
  const fault = environment === undefined ? null : labelFault(environment);
  if (fault !== null) return { fault: `--environment: ${fault}` };
  const draft = {
    ...(environment === undefined ? {} : { name: environment }),
    ...(context === undefined ? {} : { context }),
    ...(platform === null ? {} : { profile: platform.value }),
  };
  return { value: withDraft({ ...answers, environments, moreEnvironments: false, draft }) };
}

/** `NAME`, `NAME=PLATFORM`, `NAME=PLATFORM@CONTEXT` or `NAME=@CONTEXT`. */
function readTarget(text: string): Read<EnvironmentChoice> {
  const [, name = "", platform = "", context = ""] = /^([^=]*)(?:=([^@]*)(?:@(.*))?)?$/.exec(text) ?? [];
  const fault = labelFault(name);
  if (fault !== null) return { fault: `${fault}; a target is NAME=PLATFORM@CONTEXT` };
  const profile = platform === "" ? { value: guessPlatform(context) } : readPlatform(platform);
  if ("fault" in profile) return profile;
  return { value: { name, profile: profile.value, context: context === "" ? null : context } };
}

function label(text: string, longest?: number): Read<string> {
  const fault = labelFault(text, longest);
  return fault === null ? { value: text } : { fault };
}

function into<T>(read: Read<T>, answer: (value: T) => Answers): Read<Answers> {
  return "fault" in read ? read : { value: answer(read.value) };
}
