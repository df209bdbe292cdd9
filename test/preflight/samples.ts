import { type Facts, noFacts } from "../../src/preflight/facts.ts";
import type { KubeObject, ObjectMetadata } from "../../src/model/kube-object.ts";
import type { PinnedRelease } from "../../src/model/lock.ts";
import type { Release, ReleaseRole, Stack } from "../../src/model/stack.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";

/** A release of Istio's with a chart from a repository. */
export function istioRelease(role: ReleaseRole, name: string, change: Partial<Release> = {}): Release {
  const chart = { type: "repository", url: "https://charts.example", name: role } as const;
  return sampleRelease({ name, namespace: "istio-system", role, chart, ...change });
}

const BASE = istioRelease("istio-base", "istio-base");
const ISTIOD = istioRelease("istiod", "istiod");
const INGRESS = istioRelease("istio-ingress-gateway", "ingress", { namespace: "ingress", injected: true });
const APP = sampleRelease({ name: "app", namespace: "shop", chart: { type: "folder", path: "/charts/app" } });

/** A stack with Istio, a gateway and an application. */
export const MESH: Stack = {
  ...sampleStack("/stack/flotilla.yaml", [BASE, ISTIOD, INGRESS, APP], "mesh"),
  namespaces: ["ingress", "istio-system", "shop"].map((name) => ({
    name,
    labels: {},
    annotations: {},
    pullSecretsFrom: [],
  })),
};

/** The mesh, with other releases of the same names. */
export function meshWith(...changed: readonly Release[]): Stack {
  const releases = MESH.releases.map((release) => changed.find(({ name }) => name === release.name) ?? release);
  return { ...MESH, releases };
}

/** Charts of one version for every release of a stack. */
export function charts(version: string, stack: Stack = MESH): Facts["charts"] {
  const value = stack.releases.map((release): PinnedRelease => ({
    release,
    chart: {
      name: release.role === null ? release.name : (release.role.split("-").at(-1) ?? ""),
      version,
      appVersion: version,
      digest: "sha256:0",
      path: "/chart",
      source: "test",
      postHooks: false,
    },
  }));
  return { value };
}

/** Facts about the mesh that nobody looked for, but for what a test says. It is the first of November 2026. */
export function facts(change: Partial<Facts> = {}): Facts {
  return { ...noFacts(MESH, new Date("2026-11-01T12:00:00Z"), "0.1.0"), ...change };
}

/** An object with this metadata and these further fields. */
export function object(kind: string, metadata: ObjectMetadata, more: object = {}): KubeObject {
  return { apiVersion: "v1", kind, metadata, ...more };
}

/** A cluster that answers, of this Kubernetes. */
export function cluster(kubernetesVersion: string): Facts["cluster"] {
  return { value: { context: "here", kubernetesVersion, named: true } };
}

/** A fact that is not to be had. */
export function failed(
  code: string,
  message = "It went wrong.",
): { readonly problem: { code: string; message: string; hint: null } } {
  return { problem: { code, message, hint: null } };
}
