import type { Finding } from "../model/finding.ts";
import type { FindingCodeInfo } from "./finding-code-info.ts";
import { PLATFORM_CODES } from "./platform-codes.ts";

/** Every finding there is. Part of the contract with users' scripts: codes are added, not renamed. */
export const FINDING_CODES = {
  "helm-missing": {
    severity: "error",
    up: true,
    when: "there is no helm",
    remedy: "install Helm 3.18 or newer, or name one with `FLOTILLA_HELM`",
  },
  "helm-unsupported": {
    severity: "error",
    up: true,
    when: "helm is older than 3.18, or `HELM_DRIVER` is neither unset nor `secret`",
    remedy: "install a current Helm; unset `HELM_DRIVER`",
  },
  "requires-helm": {
    severity: "error",
    up: true,
    when: "helm is outside `requires.helm`",
    remedy: "use a Helm that fits, or change the range",
  },
  "requires-kubernetes": {
    severity: "error",
    up: true,
    when: "the cluster is outside `requires.kubernetes`",
    remedy: "upgrade the cluster, or change the range",
  },
  "requires-flotilla": {
    severity: "error",
    up: true,
    when: "flotilla itself is outside `requires.flotilla`",
    remedy: "install a flotilla that fits, or change the range",
  },
  "helm-chart-schema": {
    severity: "error",
    up: true,
    when: "Helm 3.18.5 or newer with a gateway chart older than 1.26.4 or 1.28.0, whose schema refuses its own defaults",
    remedy: "take Istio 1.28 or newer, or an older Helm",
  },
  "helm-admissions-enforcer": {
    severity: "warning",
    up: true,
    when: "Helm 4 on AKS, and istiod's webhooks are left to the admissions enforcer",
    remedy: 'set `sidecarInjectorWebhookAnnotations."admissions.enforcer/disabled"` to "true" for istiod',
  },
  "helm-webhook-conflict": {
    severity: "warning",
    up: true,
    when: "Helm 4 with Istio charts older than 1.28.6 or 1.29.2: their next upgrade conflicts over `failurePolicy`",
    remedy: "take newer charts, or set `base.validationFailurePolicy` to `Fail` once istiod runs",
  },
  "helm-load-balancer": {
    severity: "info",
    up: false,
    when: "Helm 4 with a load balancer, for whose address its own `--wait` does not wait",
    remedy: "nothing: flotilla waits; upgrades by hand need `--wait=legacy`",
  },
  "charts-unavailable": {
    severity: "error",
    up: true,
    when: "a chart cannot be had, or flotilla.lock does not fit",
    remedy: "as the message says; often `flotilla lock`",
  },
  "chart-not-rendered": {
    severity: "warning",
    up: false,
    when: "`helm template` fails for a release",
    remedy: "correct its values",
  },
  "context-unknown": {
    severity: "error",
    up: true,
    when: "there is no kubeconfig, or it has no such context",
    remedy: "name another with `--context` or `--kubeconfig`",
  },
  "target-refused": {
    severity: "error",
    up: true,
    when: "`--context` names another one than the environment",
    remedy: "leave `--context` out, or choose another environment",
  },
  "target-unnamed": {
    severity: "error",
    up: true,
    when: "nobody has named the context, and there is no terminal to ask in",
    remedy: "`--context`, or `context:` in the environment",
  },
  "cluster-unreachable": {
    severity: "error",
    up: true,
    when: "the API server does not answer",
    remedy: "start the cluster, or mend network, VPN or proxy",
  },
  "cluster-unauthorized": {
    severity: "error",
    up: true,
    when: "the API server does not take the credentials",
    remedy: "log in again",
  },
  "platform-contradicts": {
    severity: "error",
    up: true,
    when: "the cluster runs on another platform than the environment's profile says",
    remedy: "choose the environment that means this cluster, or correct its profile",
  },
  "profile-missing": {
    severity: "info",
    up: false,
    when: "the platform is known and the environment names no profile",
    remedy: "set `profile` in the environment",
  },
  identity: {
    severity: "info",
    up: false,
    when: "always: who the cluster takes you for",
    remedy: "nothing",
  },
  "permission-missing": {
    severity: "error",
    up: true,
    when: "the stack needs what you may not do, by namespace or cluster-wide",
    remedy: "ask for a role that allows it",
  },
  "state-namespace-unusable": {
    severity: "error",
    up: true,
    when: "the namespace of flotilla's records is being deleted",
    remedy: "wait until it is gone, or set `state.namespace`",
  },
  "kubernetes-unsupported": {
    severity: "warning",
    up: true,
    when: "Istio's support table does not have this Kubernetes",
    remedy: "choose an Istio that supports it",
  },
  "istio-end-of-life": {
    severity: "warning",
    up: true,
    when: "the Istio that is wanted or installed gets no fixes any more",
    remedy: "move to a newer minor, one after the other",
  },
  "istio-end-of-life-soon": {
    severity: "info",
    up: false,
    when: "the Istio that is wanted gets fixes for less than 60 days",
    remedy: "plan the next minor",
  },
  "istio-unknown": {
    severity: "info",
    up: false,
    when: "the Istio that is wanted is newer than the support table of this flotilla",
    remedy: "look into Istio's release notes, or take a newer flotilla",
  },
  "istio-skips-minor": {
    severity: "error",
    up: true,
    when: "an upgrade of istiod in place leaves minors out",
    remedy: "go through every minor in between",
  },
  "istio-downgrade": {
    severity: "warning",
    up: true,
    when: "the Istio that is wanted is of an older minor than the installed one",
    remedy: "move gateways and sidecars down first: they must never be ahead of istiod",
  },
  "istio-conflict": {
    severity: "error",
    up: true,
    when: "another istiod serves the same revision",
    remedy: "remove one of the two, or leave `istio` out of the stack",
  },
  "istio-other-revision": {
    severity: "warning",
    up: false,
    when: "another istiod serves another revision",
    remedy: "make sure that it is meant to be there",
  },
  "istio-operator": {
    severity: "warning",
    up: false,
    when: "there are IstioOperator objects: an operator may undo what Helm does",
    remedy: "remove the operator and its objects (Istio has none since 1.24)",
  },
  "istioctl-objects": {
    severity: "error",
    up: true,
    when: "`istioctl install` made objects that Helm would have to take over",
    remedy: "`flotilla up --adopt` takes them over; or `istioctl uninstall --purge` first",
  },
  "crds-unowned": {
    severity: "error",
    up: true,
    when: "Istio's CRDs (of 1.23 or older, of istioctl or of another release) do not belong to this release",
    remedy: "`flotilla up --adopt` takes them over",
  },
  "release-owned": {
    severity: "error",
    up: true,
    when: "a release belongs to another stack, to nobody, or is in the middle of somebody's work",
    remedy: "as the message says",
  },
  "gitops-owned": {
    severity: "error",
    up: true,
    when: "Flux or Argo CD reconcile objects of a release",
    remedy: "let one of the two have it",
  },
  "injection-labels": {
    severity: "warning",
    up: true,
    when: "a namespace has both `istio-injection` and `istio.io/rev`: the first one wins",
    remedy: "remove one of the two",
  },
  "injection-disabled": {
    severity: "error",
    up: true,
    when: "a namespace with a gateway in it keeps the injection webhook out",
    remedy: "remove `istio-injection: disabled`",
  },
  "istio-source-retired": {
    severity: "warning",
    up: false,
    when: "charts come from a place that Istio removes in December 2026",
    remedy: "`https://blob.istio.io/istio-release/charts`",
  },
  "istio-images-retired": {
    severity: "warning",
    up: false,
    when: "images come from a registry that Istio removes in December 2026",
    remedy: "`hub: docker.io/istio`",
  },
  resources: {
    severity: "info",
    up: false,
    when: "what the stack asks for and the nodes have free, and where the numbers come from",
    remedy: "nothing",
  },
  "resources-short": {
    severity: "warning",
    up: false,
    when: "the nodes have less free than what is still to be installed asks for",
    remedy: "add nodes, or ask for less; nothing where nodes are added by themselves",
  },
  "storage-class-missing": {
    severity: "warning",
    up: false,
    when: "a volume claim names no class and there is no default, or names one that is not there",
    remedy: "make a StorageClass the default, or name one in the values",
  },
  ...PLATFORM_CODES,
  unchecked: {
    severity: "info",
    up: false,
    when: "something could not be looked at, mostly for lack of rights",
    remedy: "nothing, unless you want to know",
  },
} as const satisfies Readonly<Record<string, FindingCodeInfo>>;

/** One of {@link FINDING_CODES}. */
export type FindingCode = keyof typeof FINDING_CODES;

/** Makes a finding; its severity goes by its code. */
export function finding(code: FindingCode, message: string, hint: string): Finding {
  return { code, severity: FINDING_CODES[code].severity, message, hint };
}

/** Whether a word is a finding's code. */
export function isFindingCode(code: string): code is FindingCode {
  return code in FINDING_CODES;
}
