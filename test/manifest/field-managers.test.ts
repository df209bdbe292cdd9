import { describe, expect, test } from "vitest";
import { managersAfterTakeover } from "../../src/manifest/field-managers.ts";

const object = (...managedFields: readonly object[]) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "istiod", managedFields: managedFields as never },
});
const HELM = { manager: "helm", operation: "Apply" };
const CONTROLLER = { manager: "kube-controller-manager", operation: "Update" };
const STATUS = { manager: "kubectl-edit", operation: "Update", subresource: "status" };

describe("who had an object in hand before Helm took it over", () => {
  test.for([
    { manager: "istio-operator", operation: "Apply" },
    { manager: "kubectl", operation: "Apply" },
    { manager: "kubectl-client-side-apply", operation: "Update" },
  ])("is taken out: $manager", (other) => {
    expect(managersAfterTakeover(object(other, HELM, CONTROLLER, STATUS))).toEqual([HELM, CONTROLLER, STATUS]);
  });

  test("and nothing is written where there was nobody", () => {
    expect(managersAfterTakeover(object(HELM, CONTROLLER, STATUS))).toBeNull();
    expect(managersAfterTakeover({ apiVersion: "v1", kind: "Service", metadata: { name: "istiod" } })).toBeNull();
  });
});
