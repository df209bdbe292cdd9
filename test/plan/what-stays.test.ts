import { expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { whatStays } from "../../src/plan/what-stays.ts";

const NOTHING = { crds: false, namespaces: false, volumes: false };
const EVERYTHING = { crds: true, namespaces: true, volumes: true };

const object = (kind: string, name: string, change: Partial<KubeObject> = {}): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, annotations: { "helm.sh/resource-policy": "keep" } },
  ...change,
});

/** One release, in namespace `dicom`. */
const release = (...objects: readonly KubeObject[]) => [{ namespace: "dicom", objects }];

const OBJECTS: readonly KubeObject[] = [
  object("CustomResourceDefinition", "gateways.networking.istio.io"),
  object("CustomResourceDefinition", "sidecars.networking.istio.io"),
  object("PersistentVolumeClaim", "archive-postgres"),
  object("StatefulSet", "queue", { metadata: { name: "queue" }, spec: { volumeClaimTemplates: [{}] } }),
  object("ConfigMap", "gone", { metadata: { name: "gone" } }),
];

test("a down tells what it leaves behind, and with which flag that goes too", () => {
  expect(whatStays(release(...OBJECTS), ["dicom"], NOTHING)).toBe(
    "Stays where it is: 2 CRDs (unless --crds); 1 volume claim (unless --volumes); the volume claims of queue (unless --volumes); 1 namespace (unless --namespaces).",
  );
  expect(whatStays(release(...OBJECTS), ["istio-ingress"], { ...EVERYTHING, volumes: false })).toBe(
    "Stays where it is: 1 volume claim (unless --volumes); the volume claims of queue (unless --volumes).",
  );
});

test("nothing is said of what goes", () => {
  expect(whatStays(release(...OBJECTS), ["dicom"], EVERYTHING)).toBeNull();
  expect(whatStays([], [], NOTHING)).toBeNull();
});

test("what a chart keeps for good is named", () => {
  expect(whatStays(release(object("Secret", "dicom-ca")), [], EVERYTHING)).toBe(
    "Stays where it is: Secret dicom-ca, which its chart keeps.",
  );
});

test("what is in a namespace that goes is not said to stay", () => {
  const kept = release(
    object("Secret", "dicom-ca"),
    object("Secret", "shared-ca", {
      metadata: { name: "shared-ca", namespace: "shared", annotations: { "helm.sh/resource-policy": "keep" } },
    }),
    object("ClusterRole", "dicom-reader", { apiVersion: "rbac.authorization.k8s.io/v1" }),
  );
  expect(whatStays(kept, ["dicom"], { ...NOTHING, namespaces: true })).toBe(
    "Stays where it is: Secret shared-ca, which its chart keeps; ClusterRole dicom-reader, which its chart keeps.",
  );
});

test("volume claims that go with their StatefulSet are not said to stay", () => {
  const spec = { volumeClaimTemplates: [{}], persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } };
  const cache = object("StatefulSet", "cache", { metadata: { name: "cache" }, spec });
  expect(whatStays(release(cache), [], NOTHING)).toBeNull();
});
