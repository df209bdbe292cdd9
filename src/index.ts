export { connectCluster, type Cluster, type ClusterOptions } from "./operations/connect-cluster.ts";
export { createDownPlan, type DownOptions } from "./operations/create-down-plan.ts";
export { createPlan } from "./operations/create-plan.ts";
export { loadStack, type LoadStackOptions } from "./operations/load-stack.ts";
export { readStatus } from "./operations/read-status.ts";
export { checkLock, resolveLock, type ResolvedLock, type ResolveLockOptions } from "./operations/resolve-lock.ts";
export { runPlan, type RunPlanInput } from "./operations/run-plan.ts";
export { helmProvider, type HelmOptions, type HelmProvider } from "./operations/choose-helm.ts";
export type { RunContext } from "./model/context.ts";
export type { Diagnosis, DiagnosisCode } from "./model/diagnosis.ts";
export { ConfigError, type ConfigProblem, type ErrorCode, FlotillaError } from "./model/errors.ts";
export type { RunEvent } from "./model/events.ts";
export type { LocalChart, PinnedRelease } from "./model/lock.ts";
export type {
  GateStep,
  NamespaceStep,
  Plan,
  PlanSummary,
  PruneStep,
  ReleaseStep,
  Step,
  StepAction,
} from "./model/plan.ts";
export type { Address, ReleaseResult, ReleaseStatus, RunResult, StackStatus } from "./model/result.ts";
export type { Environment, Namespace, Release, Stack } from "./model/stack.ts";
