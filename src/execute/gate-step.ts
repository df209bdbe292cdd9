import type { ObjectRef } from "../model/kube-object.ts";
import type { GateStep } from "../model/plan.ts";
import { judgeInjection } from "../gates/judge-injection.ts";
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
  const slices: ObjectRef = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    namespace: step.namespace,
    name: "",
  };
  await waitUntilReady(run.watch, {
    targets: [webhook, slices],
    judge: () => {
      const { state, awaiting, reason } = judgeInjection(
        run.watch.get(webhook),
        run.watch.list(slices, step.namespace),
      );
      return {
        ready: state === "ready" ? 1 : 0,
        total: 1,
        awaiting: awaiting === null ? [] : [awaiting],
        failed: state === "failed" ? [{ ref: webhook, reason: reason ?? "failed" }] : [],
      };
    },
    onProgress: ({ ready, total, awaiting }) =>
      run.context.emit({ type: "step-progress", step: step.id, release: null, ready, total, awaiting }),
    signal,
  });
  return { revision: null, appliedMs: null };
}
