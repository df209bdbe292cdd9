import { isSecretKey } from "../model/secret-keys.ts";
import { secrets } from "../runtime/redact.ts";

/** Whether a `--set RELEASE.path=value` holds a secret itself, rather than a reference to one. */
export function holdsSecret(assignment: string): boolean {
  const [path = "", value = ""] = assignment.split(/=(.*)/s);
  const key = path.split(".").at(-1) ?? "";
  const looksSecret = isSecretKey(key) && value !== "" && !value.includes("${");
  return looksSecret || secrets.text(assignment) !== assignment;
}
