import { isMapping } from "../catalog/mapping.ts";
import type { JsonValue } from "../model/json.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import type { Finding } from "./yaml-source.ts";

/** The environment that a stack is read for. */
export interface ChosenEnvironment {
  readonly name: string;
  /** False for the ones that are there without being declared. */
  readonly declared: boolean;
  /** True: on the embedded cluster, whose profile it then has. */
  readonly sandbox: boolean;
  /** Set when the environment that was asked for does not exist; `name` is then not to be relied on. */
  readonly fault: Finding | null;
}

/** The profile and the environment of the embedded cluster. */
export const SANDBOX = "sandbox";

/**
 * The environment asked for; else, with `sandbox`, the one of that name, declared or not; else the first one; else
 * `default`.
 */
export function chooseEnvironment(file: JsonValue, asked: string | null, sandbox: boolean): ChosenEnvironment {
  const section = isMapping(file) ? file["environments"] : undefined;
  const names = isMapping(section) ? Object.keys(section) : [];
  const name = asked ?? (sandbox ? SANDBOX : (names[0] ?? "default"));
  const declared = names.includes(name);
  const implicit = names.length === 0 ? "default" : null;
  if (declared || name === implicit || (sandbox && name === SANDBOX)) return { name, declared, sandbox, fault: null };
  return {
    name,
    declared,
    sandbox,
    fault: { message: `there is no environment "${name}"`, hint: didYouMeanOneOf(name, "environments", names) },
  };
}
