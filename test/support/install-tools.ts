import type { RunEvent } from "../../src/model/events.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";

const TOOLS = [
  "helm4",
  "helm3",
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "kwokctl",
] as const;

/** How often a long build says that it is alive, in milliseconds. */
const SAY_EVERY = 10_000;

/** Installs every tool that the tests need, with progress: on a new machine this takes minutes. */
export async function setup(): Promise<void> {
  let saidAt = 0;
  const emit = (event: RunEvent): void => {
    if (event.type === "task-started") process.stderr.write(`${event.title} …\n`);
    if (event.type === "task-finished") process.stderr.write(`${event.task}: ${event.outcome}\n`);
    if (event.type === "task-progress" && Date.now() - saidAt > SAY_EVERY) {
      saidAt = Date.now();
      process.stderr.write(`${event.task}: ${event.detail}\n`);
    }
  };
  await ensureTools(TOOLS, { signal: new AbortController().signal, emit });
}
