/** The sandbox that is meant when none is named. */
export const DEFAULT_SANDBOX = "default";

/** What to type for a sandbox, for hints: the default one needs no name, and any other must never be taken for it. */
export function sandboxCommand(action: "up" | "down", name: string): string {
  return `flotilla sandbox ${action}${name === DEFAULT_SANDBOX ? "" : ` --name ${name}`}`;
}
