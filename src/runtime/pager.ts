import { spawnAttached } from "./process.ts";
import { secrets } from "./redact.ts";

/** What less does where its user has not said otherwise: colours shown, gone when it all fits, nothing cleared (as git sets it). */
const LESS = "FRX";

/**
 * Shows a text in a pager, which has the terminal until the user leaves it.
 * @param command as a shell takes it: `PAGER` may have arguments
 * @returns false when there is no such program
 */
export async function showInPager(command: string, text: string): Promise<boolean> {
  const env = { LESS: process.env["LESS"] ?? LESS, LV: process.env["LV"] ?? "-c" };
  const exitCode = await spawnAttached("/bin/sh", ["-c", command], { input: secrets.text(text), env });
  // What the shell says when it does not find the program (POSIX, 2.8.2).
  return exitCode !== 127 && exitCode !== 126;
}
