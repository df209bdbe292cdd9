import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeFileAtomic } from "../runtime/files.ts";
import { sandboxContextName } from "./sandbox-name.ts";
import type { SandboxPaths } from "./sandbox-paths.ts";

/** The URL of a sandbox's API server. */
export function serverUrl(port: number): string {
  return `https://127.0.0.1:${port}`;
}

/** Writes a sandbox's kubeconfig: one context, certificates and key within, readable by its owner only. */
export async function writeKubeconfig(name: string, paths: SandboxPaths, port: number): Promise<void> {
  const embedded = async (file: string): Promise<string> =>
    (await readFile(join(paths.certificates, file))).toString("base64");
  const context = sandboxContextName(name);
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: context, cluster: { server: serverUrl(port), "certificate-authority-data": await embedded("ca.crt") } },
    ],
    users: [
      {
        name: context,
        user: {
          "client-certificate-data": await embedded("admin.crt"),
          "client-key-data": await embedded("admin.key"),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  };
  await writeFileAtomic(paths.kubeconfig, stringify(kubeconfig, { lineWidth: 0 }), 0o600);
}
