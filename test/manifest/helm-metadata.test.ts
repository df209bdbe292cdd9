import { describe, expect, test } from "vitest";
import { asApplied, isOwnedBy, ownerText } from "../../src/manifest/helm-metadata.ts";
import type { ObjectMetadata } from "../../src/model/kube-object.ts";

const OWNER = { name: "web", namespace: "apps" };

const marked = (name: string, namespace: string, by = "Helm"): ObjectMetadata => ({
  name: "object",
  labels: { "app.kubernetes.io/managed-by": by },
  annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
});

describe("an object is a release's own", () => {
  test.for<[string, ObjectMetadata, boolean]>([
    ["with all of Helm's marks", marked("web", "apps"), true],
    ["not with another name", marked("other", "apps"), false],
    ["not with another namespace", marked("web", "other"), false],
    ["not without the label", { ...marked("web", "apps"), labels: {} }, false],
    ["not managed by somebody else", marked("web", "apps", "kustomize"), false],
    ["not without any mark", { name: "object" }, false],
  ])("%s", ([, metadata, owned]) => {
    expect(isOwnedBy(metadata, OWNER)).toBe(owned);
  });
});

test("whose an object is can be said, or not", () => {
  expect(ownerText(marked("web", "apps"))).toBe("Helm release apps/web");
  expect(ownerText({ name: "object" })).toBeNull();
});

test("an object is applied with Helm's marks, where it goes", () => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", labels: { app: "web" } } };
  const applied = asApplied(object, OWNER, "apps");
  expect(isOwnedBy(applied.metadata, OWNER)).toBe(true);
  expect(applied.metadata).toMatchObject({ name: "web", namespace: "apps", labels: { app: "web" } });
});

test("what lives outside namespaces is applied without one, whatever the chart says", () => {
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web", namespace: "apps" } };
  expect(asApplied(object, OWNER, null).metadata.namespace).toBeUndefined();
});
