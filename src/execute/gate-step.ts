import type { ObjectRef } from "../model/kube-object.ts";
import type { GateStep } from "../model/plan.ts";
import type { Progress } from "../model/readiness.ts";
import { judgeInjection } from "../gates/judge-injection.ts";
import { progressEmitter } from "./progress-event.ts";
import type { RunState, StepReport } from "./run-state.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

/** Waits until Istio's injection webhook answers: pods that come before stay without their proxy for good. */
export async function performGateStep(run: RunState, step: GateStep, signal: AbortSignal): Promise<StepReport> {
  const webhook: ObjectRef = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    namespace: null,
    name: step.webhook,
  };
  // Istiod's webhook points to istiod's own Service: its endpoints are in istiod's namespace.
  const slices: ObjectRef = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    namespace: step.namespace,
    name: "",
  };
  const judge = (): Progress => {
    const { state, awaiting } = judgeInjection({
      webhook: step.webhook,
      configuration: run.watch.get(webhook),
      endpointSlices: run.watch.list(slices, step.namespace),
    });
    return { ready: state === "ready" ? 1 : 0, total: 1, awaiting: awaiting === null ? [] : [awaiting], failed: [] };
  };
  await waitUntilReady(run.watch, {
    targets: [webhook, slices],
    judge,
    onProgress: progressEmitter(run, step),
    signal,
  });
  return { revision: null, appliedMs: null };
}
