import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { explainRoute } from "../../src/verify/explain-route.ts";
import type { RouteObjects } from "../../src/verify/route-objects.ts";
import { dicomTest, httpsTest } from "./smoke-tests.ts";

const LABELS = { istio: "ingressgateway" };
const ISTIO = "networking.istio.io/v1";

function object(apiVersion: string, kind: string, name: string, rest: Partial<KubeObject>): KubeObject {
  const { metadata, ...others } = rest;
  return { apiVersion, kind, metadata: { name, namespace: "dicom", ...metadata }, ...others };
}

const GATEWAY = object(ISTIO, "Gateway", "dicom", {
  spec: {
    selector: LABELS,
    servers: [
      { port: { number: 443, protocol: "HTTPS" }, hosts: ["web.test"], tls: { credentialName: "dicom-tls" } },
      { port: { number: 11112, protocol: "TLS" }, hosts: ["*"], tls: { credentialName: "dicom-tls" } },
    ],
  },
});

function route(
  name: string,
  hosts: readonly string[],
  section: "http" | "tcp",
  host: string,
  port: number,
): KubeObject {
  return object(ISTIO, "VirtualService", name, {
    spec: { gateways: ["dicom"], hosts, [section]: [{ route: [{ destination: { host, port: { number: port } } }] }] },
  });
}

const WEB = route("web", ["web.test"], "http", "orthanc.dicom.svc.cluster.local", 8042);
const DICOM = route("dicom", ["*"], "tcp", "orthanc", 4242);

function service(name: string, ...ports: readonly number[]): KubeObject {
  return object("v1", "Service", name, {
    metadata: { name, annotations: { "meta.helm.sh/release-name": "dicom" } },
    spec: { selector: { app: name }, ports: ports.map((port) => ({ port })) },
  });
}

function slice(name: string, ready: boolean): KubeObject {
  return object("discovery.k8s.io/v1", "EndpointSlice", `${name}-x`, {
    metadata: { name: `${name}-x`, labels: { "kubernetes.io/service-name": name } },
    endpoints: [{ conditions: { ready } }],
  });
}

const ALL: RouteObjects = {
  pods: { namespace: "istio-ingress", labels: { ...LABELS, app: "x" } },
  podPort: 443,
  gateways: [GATEWAY],
  virtualServices: [WEB, DICOM],
  secrets: new Set(["dicom-tls"]),
  services: [service("orthanc", 8042, 4242), service("postgres", 5432)],
  endpointSlices: [slice("orthanc", true), slice("postgres", true)],
  lookedAt: new Set(["dicom"]),
};

const web = httpsTest({ port: 443 });
const dicom = dicomTest({ port: 11112, host: "dicom.test" });

test("finds nothing wrong with what is right", () => {
  expect(explainRoute(web, ALL)).toBeNull();
  expect(explainRoute(dicom, { ...ALL, podPort: 11112 })).toBeNull();
});

describe("names", () => {
  test.each<[string, Partial<RouteObjects>, string, string]>([
    ["a port that no Gateway opens", { gateways: [] }, "gateway-port-missing", "no port at all"],
    [
      "a Gateway on other pods",
      { pods: { namespace: "istio-ingress", labels: { istio: "other" } } },
      "gateway-port-missing",
      "port 443",
    ],
    [
      "a certificate that is not there",
      { secrets: new Set() },
      "credential-missing",
      "no Secret dicom-tls in namespace istio-ingress",
    ],
    ["a Gateway that leads nowhere", { virtualServices: [DICOM] }, "route-missing", "web.test"],
    [
      "a route to a Service that is not there",
      { virtualServices: [route("web", ["web.test"], "http", "orthnac", 8042)] },
      "destination-missing",
      "Service dicom/orthnac",
    ],
    [
      "a route to a wrong port",
      { virtualServices: [route("web", ["web.test"], "http", "orthanc", 9999)] },
      "destination-port-missing",
      "port 9999 of Service dicom/orthanc, which has only 8042, 4242",
    ],
    [
      "a backend that is down",
      { endpointSlices: [slice("orthanc", false), slice("postgres", true)] },
      "destination-down",
      "to which VirtualService dicom/web leads, has no ready pod.",
    ],
    [
      "a backend that is down together with what it needs",
      { endpointSlices: [slice("orthanc", false), slice("postgres", false)] },
      "destination-down",
      "has no ready pod. Nor has dicom/postgres, of the same release.",
    ],
    [
      "what the backend needs and is down",
      { endpointSlices: [slice("orthanc", true)] },
      "destination-down",
      "Service dicom/postgres of release dicom has no ready pod",
    ],
  ])("%s", (_what, change, code, words) => {
    expect(explainRoute(web, { ...ALL, ...change })).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test("a host that no Gateway opens the port for", () => {
    expect(explainRoute({ ...web, host: "other.test" }, ALL)).toMatchObject({ code: "gateway-host-missing" });
  });
});

test("says nothing of what may not be looked at", () => {
  expect(explainRoute(web, { ...ALL, gateways: null, virtualServices: null, secrets: null })).toBeNull();
  expect(explainRoute(web, { ...ALL, secrets: null, virtualServices: null })).toBeNull();
  expect(explainRoute(web, { ...ALL, services: [], endpointSlices: [], lookedAt: new Set() })).toBeNull();
});
