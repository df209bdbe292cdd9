import type { OutgoingHttpHeaders } from "node:http";
import { isAbsolute, resolve } from "node:path";
import type { User } from "@kubernetes/client-node/dist/config_types.js";
import { parseDocument } from "yaml";

/** What a kubeconfig says of a user that client-node does not read (client-go, clientcmd/api/v1, AuthInfo). */
export interface UserExtras {
  readonly name: string;
  /** File with a token, absolute; null for none. Somebody may write it anew at any time. */
  readonly tokenFile: string | null;
  /** Headers that say for whom the user acts, beside the name: that one client-node sends itself. */
  readonly impersonation: OutgoingHttpHeaders;
}

/** What a kubeconfig with extras is told by: to read a large one once more takes longer than all else before a request. */
const EXTRA_KEYS = /tokenFile|as-(?:uid|groups|user-extra)/;

/**
 * The extras of every user in a kubeconfig.
 * @param users as client-node has read them from the text
 * @param folder the file's, absolute: paths are relative to it
 */
export function userExtras(text: string, users: readonly User[], folder: string): readonly UserExtras[] {
  if (!EXTRA_KEYS.test(text)) return users.map(({ name }) => ({ name, tokenFile: null, impersonation: {} }));
  const root: unknown = parseDocument(text, { uniqueKeys: false, logLevel: "silent" }).toJS();
  const entries = isRecord(root) && Array.isArray(root["users"]) ? root["users"] : [];
  return entries.filter(isRecord).map(({ name, user }) => {
    const entry = isRecord(user) ? user : {};
    const { tokenFile } = entry;
    return {
      name: String(name),
      tokenFile: typeof tokenFile === "string" && tokenFile !== "" ? resolve(folder, tokenFile) : null,
      impersonation: impersonation(entry),
    };
  });
}

/** A user whose credential plugin stands by its whole path: one with a slash is relative to the kubeconfig. */
export function withWholePath(user: User, folder: string): User {
  // The type of `exec` says nothing.
  const exec = user.exec as { readonly command?: unknown } | null | undefined;
  const command = exec?.command;
  if (typeof command !== "string" || !/[\\/]/.test(command) || isAbsolute(command)) return user;
  return { ...user, exec: { ...exec, command: resolve(folder, command) } };
}

function impersonation(user: Readonly<Record<string, unknown>>): OutgoingHttpHeaders {
  const { "as-uid": uid, "as-groups": groups, "as-user-extra": more } = user;
  return {
    ...(typeof uid === "string" && uid !== "" && { "Impersonate-Uid": uid }),
    ...(Array.isArray(groups) && groups.length > 0 && { "Impersonate-Group": groups.map(String) }),
    ...Object.fromEntries(
      Object.entries(isRecord(more) ? more : {}).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        Array.isArray(values) ? values.map(String) : String(values),
      ]),
    ),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
