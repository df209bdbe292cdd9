import type { Subject } from "../diagnosis/finding.ts";
import { KINDS } from "../diagnosis/snapshot.ts";
import { toDiagnosis, unexplained } from "../diagnosis/to-diagnosis.ts";
import { HelmError } from "../helm/helm-error.ts";
import type { Diagnosis } from "../model/diagnosis.ts";
import { FlotillaError } from "../model/errors.ts";
import { abortError, withDeadline } from "../runtime/abort.ts";
import { ContainerLogs } from "./container-logs.ts";
import { DiagnosedError } from "./diagnosed-error.ts";
import { lookAtCluster } from "./look-at-cluster.ts";
import type { RunState } from "./run-state.ts";
import type { Troubled } from "./trouble-watch.ts";
import { NotReadyError } from "./wait-until-ready.ts";

/** What the last look at a cluster may take, in milliseconds. */
const LAST_LOOK_MS = 5_000;

/** The error with what the cluster shows; the error itself when it says enough, or nothing of the cluster. */
export async function explainFailure(run: RunState, { subject }: Troubled, error: unknown): Promise<unknown> {
  const { signal } = run.context;
  if (signal.aborted && abortError(signal).code === "interrupted") return error;
  const helm = error instanceof HelmError ? error.diagnosis : null;
  const asksForMore = helm === null ? error instanceof NotReadyError : ["unknown", "hook-failed"].includes(helm.code);
  if (!asksForMore || !(error instanceof FlotillaError)) return error;
  // The run's own signal may be what ended the step: a time-out does not end this look, somebody who wants out does.
  const look = new AbortController();
  const leave = (): void => {
    const cause = abortError(signal);
    if (cause.code === "interrupted") look.abort(cause);
  };
  signal.addEventListener("abort", leave, { once: true });
  const deadline = withDeadline(look.signal, LAST_LOOK_MS, () => new FlotillaError("timeout", "The cluster is slow."));
  try {
    const about = await subject(deadline.signal);
    if (about === null) return error;
    const found = await lastLook(run, about, helm === null, deadline.signal);
    const diagnosis = helm === null ? found : withHelm(found, helm);
    if (diagnosis.length === 0) return error;
    return new DiagnosedError(error.code, opening(error), diagnosis, error);
  } catch {
    return error;
  } finally {
    signal.removeEventListener("abort", leave);
    deadline.clear();
  }
}

/** Whatever is found is an error now: it kept the step from its end. */
async function lastLook(
  run: RunState,
  about: Subject,
  fallback: boolean,
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const logs = new ContainerLogs(run.client);
  const namespaces = [...new Set(about.unready.flatMap(({ ref }) => ref.namespace ?? []))];
  const events = namespaces.map((namespace) => ({ ...KINDS.events, namespace }));
  const { findings, snapshot } = await lookAtCluster(about, events, { watch: run.watch, logs, follow: true }, signal);
  await logs.read(
    findings.flatMap(({ log }) => log ?? []),
    signal,
  );
  const told = findings.length > 0 || !fallback ? findings : unexplained(about, snapshot);
  return told.map((finding) => toDiagnosis(finding, "error", snapshot));
}

/** Helm's words beside what was found of the same: of a hook both belong together, else only one of them tells anything. */
function withHelm(found: readonly Diagnosis[], helm: Diagnosis): readonly Diagnosis[] {
  if (helm.code !== "hook-failed") return found.length > 0 ? found : [helm];
  const [first, ...others] = found;
  if (first === undefined) return [helm];
  if (first.code !== "hook-failed")
    return [{ ...helm, evidence: [...helm.evidence, first.message, ...first.evidence] }];
  return [{ ...first, evidence: [...first.evidence, ...helm.evidence] }, ...others];
}

function opening(error: FlotillaError): string {
  if (error instanceof HelmError) return "helm failed";
  const cause = error.cause instanceof FlotillaError ? error.cause.message.replace(/\.$/, "") : null;
  return cause ?? "It cannot get ready";
}
