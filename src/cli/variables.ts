import { type Command, InvalidArgumentError, type Option } from "commander";
import { isOff, isOn } from "./switch-words.ts";

/** Which variable stands for an option. Commander's own `env()` takes an empty one for a value and `0` for yes. */
const variables = new WeakMap<Option, string>();

/** Lets a variable stand for an option, and says so in the help. */
export function withVariable(option: Option, name: string): Option {
  option.description += ` (env: ${name})`;
  variables.set(option, name);
  return option;
}

/**
 * Takes from the environment what no flag has said; an empty variable counts as none. Ends the command with a usage
 * error where a value cannot be meant.
 */
export function applyVariables(command: Command): void {
  refuseTwoTargets(command);
  for (const option of command.options) {
    const name = variables.get(option);
    const text = name === undefined ? "" : (process.env[name] ?? "");
    if (name === undefined || text === "" || isFlag(command, option.attributeName())) continue;
    if (yieldsToFlags(command, option.attributeName())) continue;
    const value = valueOf(command, option, name, text);
    if (value !== undefined) command.setOptionValueWithSource(option.attributeName(), value, "env");
  }
  // "No sandbox" is no sandbox's name, neither here nor in a process that we start.
  if (isOff(process.env["FLOTILLA_SANDBOX"] ?? "")) delete process.env["FLOTILLA_SANDBOX"];
}

function isFlag(command: Command, attribute: string): boolean {
  return command.getOptionValueSource(attribute) === "cli";
}

function targetFlags(command: Command): readonly string[] {
  return ["context", "kubeconfig"].filter((attribute) => isFlag(command, attribute));
}

function refuseTwoTargets(command: Command): void {
  const [other] = targetFlags(command);
  if (other === undefined || !isFlag(command, "sandbox")) return;
  command.error(`error: --sandbox and --${other} name two clusters. Give one of them.`);
}

/** A flag that names a cluster outweighs a variable that names another. */
function yieldsToFlags(command: Command, attribute: string): boolean {
  if (attribute === "sandbox") return targetFlags(command).length > 0;
  return (attribute === "context" || attribute === "kubeconfig") && isFlag(command, "sandbox");
}

/** Undefined for a switch that is off. */
function valueOf(command: Command, option: Option, name: string, text: string): unknown {
  const refuse = (why: string): never =>
    command.error(`error: option '${option.flags}' value '${text}' from env '${name}' is invalid. ${why}`);
  if (option.isBoolean() || option.negate) {
    if (isOff(text)) return undefined;
    // Any other value is the name of a sandbox.
    if (isOn(text) || option.attributeName() === "sandbox") return !option.negate;
    return refuse("It must be 1, true, yes or 0, false, no.");
  }
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return refuse(error.message);
    throw error;
  }
}
