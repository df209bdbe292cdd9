import type { SavedPlan } from "../../src/model/saved-plan.ts";
import { NO_CHOICES } from "../support/no-choices.ts";

/** A saved plan with one release, but for what a test says. */
export function savedPlan(change: Partial<SavedPlan> = {}): SavedPlan {
  return {
    kind: "flotilla-plan",
    format: 1,
    flotilla: "0.1.0",
    savedAt: "2026-11-23T20:05:17.000Z",
    stackFile: "flotilla.yaml",
    sandbox: false,
    choices: NO_CHOICES,
    binding: {
      cluster: { uid: "aaaa", server: "https://one.example" },
      kubernetesVersion: "v1.36.3",
      run: "20261123-200517-3fa9",
      salt: null,
      releases: [
        {
          release: "web",
          namespace: "apps",
          revision: 3,
          chart: { name: "web", version: "1.2.3", digest: "sha256:web" },
          inputs: "0123456789abcdef",
        },
      ],
    },
    plan: {
      version: 1,
      stack: "demo",
      environment: "dev",
      context: "minikube",
      kubernetesVersion: "v1.36.3",
      helmVersion: "v4.3.1",
      steps: [
        {
          kind: "release",
          id: "release/web",
          needs: ["namespace/apps"],
          action: "upgrade",
          reason: "its chart or values have changed",
          release: "web",
          namespace: "apps",
          chart: { name: "web", version: "1.2.3", digest: "sha256:web" },
          revision: 3,
          changes: [],
          drift: [],
        },
      ],
      summary: { install: 0, upgrade: 1, unchanged: 0, uninstall: 0, drifted: 0 },
      notes: [],
    },
    ...change,
  };
}
