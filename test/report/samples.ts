import type { Diagnosis } from "../../src/model/diagnosis.ts";
import type { RunEvent } from "../../src/model/events.ts";
import type { GateStep, NamespaceStep, Plan, ReleaseStep, Step } from "../../src/model/plan.ts";
import type { ReleaseResult, RunResult, StackStatus } from "../../src/model/result.ts";
import { reduceRunEvent } from "../../src/report/reducer.ts";
import { EMPTY_RUN_VIEW, type RunView } from "../../src/report/run-view.ts";

export function releaseStep(name: string, needs: readonly string[], change: Partial<ReleaseStep> = {}): ReleaseStep {
  return {
    kind: "release",
    id: `release/${name}`,
    release: name,
    namespace: "istio-system",
    action: "install",
    needs,
    reason: "not installed",
    chart: { name, version: "1.31.0", digest: "sha256:aa" },
    revision: null,
    changes: [],
    drift: [],
    ...change,
  };
}

export const NAMESPACE: NamespaceStep = {
  kind: "namespace",
  id: "namespace/istio-system",
  namespace: "istio-system",
  action: "install",
  needs: [],
  reason: "missing",
  labels: {},
  annotations: {},
  pullSecretsFrom: [],
};

export const GATE: GateStep = {
  kind: "gate",
  id: "gate/istiod",
  gate: "injection",
  release: "istiod",
  namespace: "istio-system",
  webhook: "istio-sidecar-injector",
  api: "networking.istio.io",
  istioRevision: "default",
  passes: "ingress",
  action: "install",
  needs: ["release/istiod"],
  reason: "gateways are injected",
};

export const STEPS: readonly Step[] = [
  NAMESPACE,
  releaseStep("base", ["namespace/istio-system"]),
  releaseStep("istiod", ["release/base"]),
  GATE,
  releaseStep("ingress", ["gate/istiod"]),
];

export const PLAN: Plan = {
  version: 1,
  stack: "korthweb",
  environment: "dev",
  context: "kind-dev",
  kubernetesVersion: "v1.36.3",
  helmVersion: "v4.3.1",
  steps: STEPS,
  summary: { install: 3, upgrade: 0, unchanged: 0, uninstall: 0, drifted: 0 },
  notes: [],
};

export const IMAGE_PULL: Diagnosis = {
  code: "image-pull",
  severity: "error",
  object: { apiVersion: "v1", kind: "Pod", namespace: "istio-system", name: "istiod-7f9" },
  message: "The image cannot be pulled.",
  hint: "Check the hub.",
  since: null,
  evidence: ["Failed to pull image: not found"],
};

export function releaseResult(name: string, change: Partial<ReleaseResult> = {}): ReleaseResult {
  return {
    name,
    namespace: "istio-system",
    action: "install",
    outcome: "ready",
    revisionBefore: null,
    revisionAfter: 1,
    startedMs: 0,
    appliedMs: 500,
    readyMs: 1500,
    diagnosis: [],
    ...change,
  };
}

export function runResult(change: Partial<RunResult> = {}): RunResult {
  return {
    version: 1,
    run: "r1",
    stack: "korthweb",
    outcome: "succeeded",
    startedAt: "2026-11-23T10:00:00.000Z",
    durationMs: 12_300,
    releases: [],
    addresses: [],
    ...change,
  };
}

export const STATUS: StackStatus = {
  version: 1,
  stack: "korthweb",
  environment: "dev",
  context: "kind-dev",
  releases: [
    {
      name: "base",
      namespace: "istio-system",
      chart: "base",
      version: "1.31.0",
      appVersion: "1.31.0",
      revision: 1,
      helmStatus: "deployed",
      ready: true,
      drifted: null,
      diagnosis: [],
    },
    {
      name: "istiod",
      namespace: "istio-system",
      chart: "istiod",
      version: "1.31.0",
      appVersion: "1.31.0",
      revision: 12,
      helmStatus: "deployed",
      ready: false,
      drifted: null,
      diagnosis: [IMAGE_PULL],
    },
    {
      name: "dicom",
      namespace: "dicom",
      chart: null,
      version: null,
      appVersion: null,
      revision: null,
      helmStatus: null,
      ready: false,
      drifted: null,
      diagnosis: [],
    },
  ],
  addresses: [
    {
      release: "ingress",
      service: "ingress",
      address: "10.0.0.1",
      ports: [
        { name: "https", port: 443 },
        { name: null, port: 11112 },
      ],
    },
  ],
  outdatedProxies: [],
};

export function runStarted(steps: readonly Step[] = STEPS): RunEvent {
  return { type: "run-started", run: "r1", stack: "korthweb", environment: "dev", context: "kind-dev", steps };
}

export function stepStarted(step: string): RunEvent {
  return { type: "step-started", step, release: null };
}

export function applied(release: string, revision = 1): RunEvent {
  return { type: "release-applied", step: `release/${release}`, release, action: "install", revision };
}

export function progress(step: string, ready: number, total: number, awaiting: readonly string[]): RunEvent {
  return { type: "step-progress", step, release: null, ready, total, awaiting };
}

export function finished(step: string, change: Partial<Extract<RunEvent, { type: "step-finished" }>> = {}): RunEvent {
  return {
    type: "step-finished",
    step,
    release: null,
    outcome: "done",
    durationMs: 700,
    message: null,
    diagnosis: [],
    ...change,
  };
}

/** The view after these events, one second apart, the first at `start`. */
export function viewAfter(events: readonly RunEvent[], start = 0): RunView {
  return events.reduce<RunView>(
    (view, event, index) => reduceRunEvent(view, event, start + index * 1000),
    EMPTY_RUN_VIEW,
  );
}
