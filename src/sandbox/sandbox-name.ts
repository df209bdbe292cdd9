import { FlotillaError } from "../model/errors.ts";
import { DEFAULT_SANDBOX } from "../model/sandbox-command.ts";

/** The variable stands for the flag `--sandbox` as well: these values switch it and name none. */
const JUST_ON: ReadonlySet<string> = new Set(["", "0", "1", "false", "no", "true", "yes"]);

/** `$FLOTILLA_SANDBOX`, where it is a name; else `default`. */
export function currentSandboxName(): string {
  const named = process.env["FLOTILLA_SANDBOX"] ?? "";
  return JUST_ON.has(named) ? DEFAULT_SANDBOX : named;
}

/** The kubeconfig context of a sandbox: `flotilla-sandbox`, with the name behind it unless that is the default one. */
export function sandboxContextName(name: string): string {
  return name === DEFAULT_SANDBOX ? "flotilla-sandbox" : `flotilla-sandbox-${name}`;
}

/** True for what may name a sandbox: a DNS label of at most 40 characters (it becomes a folder and a context's name). */
export function isSandboxName(name: string): boolean {
  return name.length <= 40 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** Throws FlotillaError `usage` unless {@link isSandboxName}. */
export function checkSandboxName(name: string): void {
  if (isSandboxName(name)) return;
  throw new FlotillaError("usage", `"${name}" cannot be the name of a sandbox.`, {
    hint: "Use lower-case letters, digits and hyphens, at most 40 (FLOTILLA_SANDBOX).",
  });
}
