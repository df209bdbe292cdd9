import { join } from "node:path";
import { rm, writeFile } from "node:fs/promises";
import { writeAppChart } from "../support/app-chart.ts";

/** What the stack is in: one text goes into every release, so that another one changes them all. */
export interface SoakState {
  readonly text: string;
  readonly istio: string;
}

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
  const readyAfter = "400ms";
  await writeAppChart(folder, "app", { readyAfter });
  await writeAppChart(folder, "slow-hook", { readyAfter, files: { "templates/hooks.yaml": HOOKS } });
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
