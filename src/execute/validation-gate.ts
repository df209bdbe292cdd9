import { invalidObject } from "../gates/invalid-object.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import type { GateStep } from "../model/plan.ts";
import { DryRunner } from "./dry-run.ts";
import { type GateLook, OPEN, pollGate } from "./poll-gate.ts";
import type { RunState } from "./run-state.ts";
import { warnOnce } from "./warn-once.ts";

/**
 * Waits until a validating webhook refuses an object that is wrong. Before that its objects are taken unseen
 * (`failurePolicy: Ignore`, Istio's on a first install) or all refused (`Fail`).
 */
export async function passValidationGate(run: RunState, step: GateStep, signal: AbortSignal): Promise<void> {
  const object = invalidObject(step);
  const runner = new DryRunner(run);
  const look = async (within: AbortSignal): Promise<GateLook> => {
    const result = await runner.create(object, within);
    switch (result.outcome) {
      case "denied":
        return OPEN;
      case "blind": {
        const hint = `Objects of ${step.api} are applied without knowing whether ${step.release} checks them.`;
        warnOnce(run, `The webhook of ${step.release} cannot be tried: ${result.message}`, hint);
        return OPEN;
      }
      case "taken":
        // Only istiod turns a webhook that lets all pass into one that does not. Elsewhere it was meant so.
        if (step.istioRevision === null) return OPEN;
        return waitingFor(step, `${step.release} to refuse what is wrong`, `${step.webhook} let a wrong object pass.`);
      case "waiting":
        return waitingFor(step, `webhook ${step.webhook} to answer`, result.message);
    }
  };
  await pollGate(run, step, look, signal);
}

function waitingFor(step: GateStep, awaiting: string, evidence: string): GateLook {
  const diagnosis: Diagnosis = {
    code: "webhook-unreachable",
    severity: "error",
    object: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      namespace: null,
      name: step.webhook,
    },
    message: `Objects of ${step.api} cannot be checked yet: webhook ${step.webhook} of release ${step.release} does not answer.`,
    hint: `Look at ${step.release}: kubectl get pods,endpointslices --namespace ${step.namespace}, and its log for "webhook".`,
    since: null,
    evidence: [evidence],
  };
  return { awaiting, diagnosis, graceMs: null };
}
