export { connectCluster, type Cluster, type ClusterOptions } from "./operations/connect-cluster.ts";
export { createDownPlan, type DownOptions } from "./operations/create-down-plan.ts";
export { createPlan, type PlanOptions } from "./operations/create-plan.ts";
export { doctor, type DoctorInput, type DoctorReport } from "./operations/doctor.ts";
export { createRollbackPlan, type RollbackPlan } from "./operations/create-rollback-plan.ts";
export { diagnose, type DiagnoseOptions } from "./operations/diagnose.ts";
export { otherEnvironments } from "./operations/other-environments.ts";
export { loadStack, type LoadStackOptions } from "./operations/load-stack.ts";
export { openSavedPlan } from "./operations/open-saved-plan.ts";
export { readHistory, readRun } from "./operations/read-history.ts";
export { readStatus } from "./operations/read-status.ts";
export { renewPlan, type RenewPlanInput } from "./operations/renew-plan.ts";
export { checkLock, resolveLock, type ResolvedLock, type ResolveLockOptions } from "./operations/resolve-lock.ts";
export { savePlan, type SavePlanInput } from "./operations/save-plan.ts";
export { runPlan, type RunPlanInput } from "./operations/run-plan.ts";
export { watchStatus } from "./operations/watch-status.ts";
export { verify, type VerifyOptions } from "./operations/verify.ts";
export { helmProvider, type HelmOptions, type HelmProvider } from "./operations/choose-helm.ts";
export type { ApplyConflict } from "./model/apply-conflict.ts";
export type { RunContext } from "./model/context.ts";
export type { Diagnosis, DiagnosisCode } from "./model/diagnosis.ts";
export {
  ApplyConflictError,
  ConfigError,
  type ConfigProblem,
  type ErrorCode,
  FlotillaError,
  PlanStaleError,
  PreflightError,
} from "./model/errors.ts";
export type { Finding } from "./model/finding.ts";
export type { RunEvent } from "./model/events.ts";
export type { JournaledRelease, JournalEntry, RunCommand } from "./model/journal.ts";
export type { LocalChart, PinnedRelease } from "./model/lock.ts";
export type {
  GateStep,
  NamespaceStep,
  ObjectChange,
  ObjectDrift,
  Plan,
  PlanSummary,
  PruneStep,
  ReleaseStep,
  Step,
  StepAction,
} from "./model/plan.ts";
export type {
  Address,
  ReleaseDiagnosis,
  ReleaseResult,
  ReleaseStatus,
  RunResult,
  StackDiagnosis,
  StackStatus,
} from "./model/result.ts";
export type { PlanChoices, PlanDifference, PlanDifferenceCode, SavedPlan } from "./model/saved-plan.ts";
export type { Environment, Namespace, Release, Requirements, Stack } from "./model/stack.ts";
export type { SmokeTest } from "./model/verify.ts";
export type { ProbeCode, ProbeResult, SmokeTestResult, VerifyReport } from "./model/verify-report.ts";
