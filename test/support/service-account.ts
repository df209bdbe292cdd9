import { readFile, writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import type { KubeJson } from "./cluster-api.ts";
import type { TestSandbox } from "./test-sandbox.ts";

/** Rules of a Role: which verbs on which resources of which groups. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const RBAC = "rbac.authorization.k8s.io";

/**
 * A ServiceAccount that may do nothing but what the rules say in their namespaces, which must be there.
 * @param path where the kubeconfig goes that logs in with its token (TokenRequest), context `limited`
 * @returns its full name: `system:serviceaccount:NAMESPACE:NAME`
 */
export async function limitedAccount(
  sandbox: TestSandbox,
  path: string,
  account: { readonly namespace: string; readonly name: string },
  rules: Readonly<Record<string, readonly RoleRule[]>>,
): Promise<string> {
  const { namespace, name } = account;
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await sandbox.api.send("POST", accounts, { metadata: { name } });
  for (const [place, granted] of Object.entries(rules)) {
    const path = `/apis/${RBAC}/v1/namespaces/${place}`;
    await sandbox.api.send("POST", `${path}/roles`, { metadata: { name }, rules: granted });
    await sandbox.api.send("POST", `${path}/rolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    });
  }
  const { status } = await sandbox.api.send("POST", `${accounts}/${name}/token`, { spec: {} });
  await writeTokenKubeconfig(sandbox, path, status.token as string);
  return `system:serviceaccount:${namespace}:${name}`;
}

/** A kubeconfig for the sandbox that logs in with a token; its context is `limited`. */
export async function writeTokenKubeconfig(sandbox: TestSandbox, path: string, token: string): Promise<void> {
  const config = parse(await readFile(sandbox.kubeconfig, "utf8")) as KubeJson;
  const cluster = config["clusters"][0] as { readonly name: string };
  const limited = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [cluster],
    users: [{ name: "limited", user: { token } }],
    contexts: [{ name: "limited", context: { cluster: cluster.name, user: "limited" } }],
    "current-context": "limited",
  };
  await writeFile(path, stringify(limited), { mode: 0o600 });
}
