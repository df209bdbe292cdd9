import type { OutgoingHttpHeaders } from "node:http";
import { isAbsolute, resolve } from "node:path";
import type { User } from "@kubernetes/client-node/dist/config_types.js";
import { parseDocument } from "yaml";
import { asList, asObject, asText, type JsonObject } from "../model/json.ts";

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
  return asList(asObject(root)["users"]).map((entry) => {
    const { name, user } = asObject(entry);
    const tokenFile = asText(asObject(user)["tokenFile"]);
    return {
      name: String(name),
      tokenFile: tokenFile ? resolve(folder, tokenFile) : null,
      impersonation: impersonation(asObject(user)),
    };
  });
}

/** A user whose credential plugin stands by its whole path: one with a slash is relative to the kubeconfig. */
export function withWholePath(user: User, folder: string): User {
  const exec = asObject(user.exec);
  const command = asText(exec["command"]);
  if (command === null || !/[\\/]/.test(command) || isAbsolute(command)) return user;
  return { ...user, exec: { ...exec, command: resolve(folder, command) } };
}

function impersonation(user: JsonObject): OutgoingHttpHeaders {
  const uid = asText(user["as-uid"]);
  const groups = asList(user["as-groups"]).map(String);
  return {
    ...(uid && { "Impersonate-Uid": uid }),
    ...(groups.length > 0 && { "Impersonate-Group": groups }),
    ...Object.fromEntries(
      Object.entries(asObject(user["as-user-extra"])).map(([key, values]) => [
        `Impersonate-Extra-${encodeURIComponent(key)}`,
        Array.isArray(values) ? values.map(String) : String(values),
      ]),
    ),
  };
}
