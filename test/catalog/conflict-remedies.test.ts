import { describe, expect, test } from "vitest";
import { conflictRemedy } from "../../src/catalog/conflict-remedies.ts";

const INJECTOR = '.webhooks[name="rev.object.sidecar-injector.istio.io"]';

describe("a remedy is known for", () => {
  test.for<[string, string, string, string, RegExp | null]>([
    [
      "AKS",
      "admissionsenforcer",
      "MutatingWebhookConfiguration",
      `${INJECTOR}.namespaceSelector`,
      /sidecarInjectorWebhookAnnotations: \{ "admissions\.enforcer\/disabled": "true" \}/,
    ],
    [
      "istiod's failure policy",
      "pilot-discovery",
      "ValidatingWebhookConfiguration",
      '.webhooks[name="rev.validation.istio.io"].failurePolicy',
      /1\.28\.6, 1\.29\.2 and 1\.30\.0/,
    ],
    [
      "istiod's authority",
      "pilot-discovery",
      "MutatingWebhookConfiguration",
      `${INJECTOR}.clientConfig.caBundle`,
      /leave the bundle out/,
    ],
    ["an autoscaler", "kube-controller-manager", "Deployment", ".spec.replicas", /autoscaler/],
    ["a hand at kubectl", "kubectl-edit", "ConfigMap", ".data.color", /by hand/],
    ["a hand at kubectl apply", "kubectl-client-side-apply", "ConfigMap", ".data.color", /by hand/],
    ["nobody we know", "some-operator", "ConfigMap", ".data.color", null],
    ["a name that only begins alike", "kubectlish", "ConfigMap", ".data.color", null],
  ])("%s", ([, manager, kind, field, remedy]) => {
    const text = conflictRemedy({ manager, kind, field });
    if (remedy === null) expect(text).toBeNull();
    else expect(text).toMatch(remedy);
  });
});
