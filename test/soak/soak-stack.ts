import { join } from "node:path";
import { rm, writeFile } from "node:fs/promises";
import { writeChartFolder } from "../support/chart-archive.ts";

/** What the stack is in: one text goes into every release, so that another one changes them all. */
export interface SoakState {
  readonly text: string;
  readonly istio: string;
}

/** A ConfigMap that shows what was asked for, and a Deployment that takes its time. */
const APP = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { text: "{{ .Values.text }}" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  selector: { matchLabels: { app: "{{ .Release.Name }}" } }
  template:
    metadata:
      labels: { app: "{{ .Release.Name }}", sandbox.flotilla.dev/ready-after: 400ms }
      annotations: { text: "{{ .Values.text }}" }
    spec: { containers: [{ name: main, image: example.org/app:1 }] }
`;

/** Hooks that take their time: Helm itself waits for them, before and after what the release brings. */
const HOOKS = ["pre-install,pre-upgrade", "post-install,post-upgrade,post-rollback", "pre-delete"]
  .map(
    (events) => `---
apiVersion: batch/v1
kind: Job
metadata:
  name: "{{ .Release.Name }}-${events.split(",")[0]}"
  annotations: { helm.sh/hook: "${events}", helm.sh/hook-delete-policy: "before-hook-creation" }
spec:
  template:
    metadata: { labels: { sandbox.flotilla.dev/completes-after: 900ms } }
    spec: { restartPolicy: Never, containers: [{ name: main, image: example.org/task:1 }] }
`,
  )
  .join("");

/** Writes the charts. */
export async function writeSoakCharts(folder: string): Promise<void> {
  const app = { "templates/config.yaml": "", "templates/app.yaml": APP };
  await writeChartFolder(join(folder, "app"), { name: "app", version: "1.0.0", files: app });
  const files = { ...app, "templates/hooks.yaml": HOOKS };
  await writeChartFolder(join(folder, "slow-hook"), { name: "slow-hook", version: "1.0.0", files });
}

/** Writes the stack file: Istio with a gateway, an app behind it, one with slow hooks, and one that was there before. */
export async function writeSoakStack(folder: string, { text, istio }: SoakState): Promise<string> {
  const app = { namespace: "soak", chart: "./app", values: [{ text }] };
  const stack = {
    apiVersion: "flotilla/v1",
    stack: "soak",
    istio: {
      version: istio,
      values: { podAnnotations: { text } },
      gateways: {
        "istio-ingressgateway": { role: "ingress", namespace: "istio-ingress", values: { podAnnotations: { text } } },
      },
    },
    releases: [
      { ...app, name: "shop", needs: ["istio-ingressgateway"] },
      { ...app, name: "hooked", chart: "./slow-hook" },
      { ...app, name: "legacy", namespace: "legacy", adopt: true },
    ],
    defaults: { timeout: "3m" },
  };
  const file = join(folder, "flotilla.yaml");
  await writeFile(file, JSON.stringify(stack));
  // It pins the other Istio.
  await rm(join(folder, "flotilla.lock"), { force: true });
  return file;
}
