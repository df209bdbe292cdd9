import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeFileAtomic } from "../runtime/files.ts";
import { type SandboxPorts, apiServerUrl } from "./ports.ts";
import { sandboxContextName } from "./sandbox-name.ts";
import type { SandboxPaths } from "./sandbox-paths.ts";

/** Writes a sandbox's kubeconfig: one context, certificates and key within, readable by its owner only. */
export async function writeKubeconfig(name: string, paths: SandboxPaths, ports: SandboxPorts): Promise<void> {
  const embedded = async (file: string): Promise<string> =>
    (await readFile(join(paths.certificates, file))).toString("base64");
  const context = sandboxContextName(name);
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: context,
        cluster: { server: apiServerUrl(ports), "certificate-authority-data": await embedded("ca.crt") },
      },
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
