import type { GateStep } from "../model/plan.ts";
import { passInjectionGate } from "./injection-gate.ts";
import type { StepReport, StepState } from "./run-state.ts";
import { passValidationGate } from "./validation-gate.ts";

/** Waits until a gate is open. */
export async function performGateStep(run: StepState, step: GateStep, signal: AbortSignal): Promise<StepReport> {
  await (step.gate === "injection" ? passInjectionGate(run, step, signal) : passValidationGate(run, step, signal));
  return { revision: null, appliedMs: null };
}
