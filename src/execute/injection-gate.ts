import { isInjected, injectionProbe } from "../gates/injection-probe.ts";
import { missingForInjection } from "../gates/judge-injection.ts";
import { explainRefusal } from "../helm/api-refusal.ts";
import { renderChart } from "../helm/render-chart.ts";
import { isHook } from "../manifest/hooks.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import type { Diagnosis, DiagnosisCode } from "../model/diagnosis.ts";
import { FlotillaError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { GateStep } from "../model/plan.ts";
import { type ClusterView, ENDPOINT_SLICE } from "../readiness/cluster-view.ts";
import { throwIfAborted } from "../runtime/abort.ts";
import { DryRunner } from "./dry-run.ts";
import { type GateLook, OPEN, pollGate } from "./poll-gate.ts";
import type { RunState, StepState } from "./run-state.ts";
import { forbiddenWarner, warnOnce } from "./warn-once.ts";
import { WatchedView } from "./watched-view.ts";

/** The kind whose objects inject. */
const INJECTOR = { apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" } as const;

/** Milliseconds for which admission may refuse a pod, or take it without a proxy, before the gate is given up. */
const GRACE_MS = 5_000;

/**
 * Waits until pods of a release would get their proxy: those that come before stay without it for good. First by what the
 * cluster says of the webhook, then by a dry run of the release's own pod; where that is not allowed, by the first alone.
 */
export async function passInjectionGate(run: StepState, step: GateStep, signal: AbortSignal): Promise<void> {
  const passing = step.passes === null ? null : (run.pinned.get(step.passes) ?? null);
  const probe = passing === null ? null : await makeProbe(run, passing, signal);
  const runner = new DryRunner(run);
  const view = new WatchedView(run.watch, { onForbidden: forbiddenWarner(run), since: run.effects.lastAt });
  const look = async (within: AbortSignal): Promise<GateLook> => {
    const namespace = passing === null ? null : await liveNamespace(run, passing.release.namespace, within);
    const missing = await view.settled((seen) => missingIn(seen, step, namespace, probe), within);
    view.follow();
    if (missing !== null) {
      return { awaiting: missing, diagnosis: diagnosisOf(step, missing, "webhook-unreachable"), graceMs: null };
    }
    return probe === null || passing === null
      ? OPEN
      : tryProbe(run, step, { probe, runner, ...passing.release }, within);
  };
  await pollGate(run, step, look, signal);
}

/** A pod as the release will make it; null when it makes none that is injected, or cannot be rendered yet. */
async function makeProbe(run: StepState, pinned: PinnedRelease, signal: AbortSignal): Promise<KubeObject | null> {
  const { helm } = run;
  if (!helm) return null;
  const { name, namespace, values } = pinned.release;
  const request = {
    name,
    namespace,
    chart: pinned.chart.path,
    values,
    kubeVersion: run.kubernetesVersion,
    apiVersions: [],
    isUpgrade: run.existing.has(name),
  };
  try {
    const rendered = await run.slots.use(() => renderChart(helm, request, signal), signal);
    return injectionProbe(
      parseManifest(rendered).filter((object) => !isHook(object)),
      namespace,
    );
  } catch (error) {
    throwIfAborted(signal);
    // Helm says the same, and better, when the release itself is next.
    if (error instanceof FlotillaError) return null;
    throw error;
  }
}

function missingIn(
  view: ClusterView,
  step: GateStep,
  namespace: KubeObject | null,
  probe: KubeObject | null,
): string | null {
  const configurations = view.list(INJECTOR, null);
  if (configurations === null) return null;
  return missingForInjection({
    webhook: step.webhook,
    configurations,
    namespace,
    // What the gateway chart and the most careful of users write.
    podLabels: probe?.metadata.labels ?? { "sidecar.istio.io/inject": "true" },
    endpointSlices: (where) => view.list(ENDPOINT_SLICE, where),
  });
}

/** The pod that is tried, and whose it is. */
interface Tried {
  readonly probe: KubeObject;
  readonly runner: DryRunner;
  /** Of the release. */
  readonly name: string;
  readonly namespace: string;
}

async function tryProbe(run: RunState, step: GateStep, tried: Tried, signal: AbortSignal): Promise<GateLook> {
  const { probe, runner, name: release, namespace } = tried;
  const result = await runner.create(probe, signal);
  switch (result.outcome) {
    case "taken": {
      if (isInjected(result.object)) return OPEN;
      const awaiting = `a proxy in pods of ${release}`;
      const message = `A pod of release ${release} would come without its proxy in namespace ${namespace}, although webhook ${step.webhook} is configured for it.`;
      return { awaiting, diagnosis: diagnosisOf(step, message, "injection-missed"), graceMs: GRACE_MS };
    }
    case "waiting": {
      const diagnosis = diagnosisOf(step, result.message, "webhook-unreachable");
      return { awaiting: `webhook ${step.webhook} to answer`, diagnosis, graceMs: null };
    }
    case "blind": {
      const hint = "The gate goes by webhook, certificate authority and endpoints alone.";
      warnOnce(run, `Injection into pods of ${release} cannot be tried: ${result.message}`, hint);
      return OPEN;
    }
    case "denied": {
      const { code, message, hint } = explainRefusal(result.message, { name: release, namespace });
      if (code === "quota" && run.existing.has(release)) {
        // The pods that are there use it up, and an upgrade replaces them; admission comes to quotas last.
        warnOnce(run, `${release}: ${message}`, hint);
        return OPEN;
      }
      const object: ObjectRef = { apiVersion: "v1", kind: "Pod", namespace, name: probe.metadata.name };
      const evidence = [result.message];
      const diagnosis: Diagnosis = { code, severity: "error", object, message, hint, since: null, evidence };
      return { awaiting: `admission of pods of ${release}`, diagnosis, graceMs: GRACE_MS };
    }
  }
}

function diagnosisOf(step: GateStep, what: string, code: DiagnosisCode): Diagnosis {
  const missed = code === "injection-missed";
  return {
    code,
    severity: "error",
    object: { ...INJECTOR, namespace: null, name: step.webhook },
    message: missed
      ? what
      : `Pods cannot be injected yet: webhook ${step.webhook} of release ${step.release} is not ready.`,
    hint: missed
      ? "Compare the labels of namespace and pod (istio-injection, istio.io/rev, sidecar.istio.io/inject) with the selectors of the webhook."
      : `Look at istiod: kubectl get pods,endpointslices --namespace ${step.namespace}, and its log for "caBundle" and "webhook".`,
    since: null,
    evidence: missed ? [] : [what],
  };
}

/** As it is in the cluster; null when it may not be read: then its labels do not count. */
async function liveNamespace({ client }: RunState, name: string, signal: AbortSignal): Promise<KubeObject | null> {
  const bare: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  try {
    return (await client.get({ apiVersion: "v1", kind: "Namespace", namespace: null, name }, signal)) ?? bare;
  } catch (error) {
    if (error instanceof FlotillaError && error.code === "forbidden") return null;
    throw error;
  }
}
