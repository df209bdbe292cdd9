import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { CHART, namesOf, secret, strings } from "./dicom-objects.ts";
import { find, HELMS, names, renderChart } from "./render-chart.ts";

const ORTHANC_HOST = "dicom-orthanc.pacs.svc.cluster.local";

describe.each(HELMS)("the routing of the dicom chart, rendered by %s", (helm) => {
  test("ends TLS for one HTTPS host, and for DICOM without asking for a host name", async () => {
    const objects = await renderChart(helm, CHART, { routing: { web: { host: "web.example.org" } } });
    const tls = { mode: "SIMPLE", credentialName: "pacs-dicom-tls", minProtocolVersion: "TLSV1_2" };
    expect(find(objects, "Gateway/dicom")).toMatchObject({
      apiVersion: "networking.istio.io/v1",
      metadata: { namespace: "pacs" },
      spec: {
        selector: { istio: "ingressgateway" },
        servers: [
          { port: { number: 443, protocol: "HTTPS" }, hosts: ["web.example.org"], tls },
          { port: { number: 11112, protocol: "TLS" }, hosts: ["*"], tls },
        ],
      },
    });
  });

  test("leads both ports of the gateway to ports that Orthanc's Service has", async () => {
    const objects = await renderChart(helm, CHART, { routing: { dicom: { port: 2762 } } });
    const host = ORTHANC_HOST;
    expect(find(objects, "VirtualService/dicom-web").spec).toEqual({
      gateways: ["dicom"],
      hosts: ["web.dicom.test"],
      http: [
        expect.objectContaining({ route: [{ destination: { host, port: { number: 8042 } } }] }),
        { route: [{ destination: { host, port: { number: 8042 } } }] },
      ],
    });
    expect(find(objects, "VirtualService/dicom-dicom").spec).toEqual({
      gateways: ["dicom"],
      hosts: ["*"],
      tcp: [{ match: [{ port: 2762 }], route: [{ destination: { host, port: { number: 4242 } } }] }],
    });
    expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{}, { port: { number: 2762 } }] } });
    expect(find(objects, "DestinationRule/dicom-orthanc")).toMatchObject({ spec: { host } });
    expect(find(objects, "Service/dicom-orthanc")).toMatchObject({
      spec: {
        ports: [
          { name: "http", port: 8042 },
          { name: "tcp-dicom", port: 4242 },
        ],
      },
    });
  });

  test("sends again what only reads, when a connection ends without an answer, and nothing else", async () => {
    const objects = await renderChart(helm, CHART);
    const { http } = find(objects, "VirtualService/dicom-web").spec as { readonly http: readonly JsonObject[] };
    const retrying = http.filter(({ retries }) => retries !== undefined);
    expect(retrying.map(({ match }) => match)).toEqual([[{ method: { exact: "GET" } }, { method: { exact: "HEAD" } }]]);
    expect(retrying[0]).toMatchObject({ retries: { retryOn: expect.stringMatching(/\breset\b/) } });
  });

  test("tells DICOM devices apart by SNI where they all send one", async () => {
    const hosts = ["pacs.example.org"];
    const objects = await renderChart(helm, CHART, { routing: { dicom: { hosts, clientsSendSni: true } } });
    expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{}, { hosts }] } });
    expect(find(objects, "VirtualService/dicom-dicom")).toMatchObject({ spec: { hosts } });
    const { subjectAltName } = new X509Certificate(secret(objects, "pacs-dicom-tls", "tls.crt"));
    expect(subjectAltName).toContain("DNS:pacs.example.org");
  });

  test("lets only the mesh in: the gateway to Orthanc, Orthanc to its database", async () => {
    const routing = { gateway: { namespace: "edge", serviceAccount: "edge-gateway" } };
    const objects = await renderChart(helm, CHART, { routing });
    expect(find(objects, "PeerAuthentication/dicom").spec).toMatchObject({ mtls: { mode: "STRICT" } });
    const gateway = [{ source: { principals: ["cluster.local/ns/edge/sa/edge-gateway"] } }];
    const orthanc = [{ source: { principals: ["cluster.local/ns/pacs/sa/dicom-orthanc"] } }];
    expect(find(objects, "AuthorizationPolicy/dicom").spec).toMatchObject({
      selector: { matchLabels: { "app.kubernetes.io/instance": "dicom" } },
      action: "ALLOW",
      rules: [
        { from: gateway, to: [{ operation: { ports: ["8042"], methods: expect.arrayContaining(["GET", "POST"]) } }] },
        { from: gateway, to: [{ operation: { ports: ["4242"] } }] },
        { from: orthanc, to: [{ operation: { ports: ["5432"] } }] },
      ],
    });
  });

  test("puts its certificate where the gateway looks for it, for all names, signed by the CA it hands out", async () => {
    const objects = await renderChart(helm, CHART, {
      routing: {
        gateway: { namespace: "edge", selector: { istio: "edge" } },
        web: { host: "web.example.org" },
        tls: { names: ["pacs.example.org"], addresses: ["192.0.2.7"] },
      },
    });
    expect(find(objects, "Secret/pacs-dicom-tls")).toMatchObject({
      type: "kubernetes.io/tls",
      metadata: { namespace: "edge" },
    });
    expect(find(objects, "Secret/dicom-ca").metadata).toMatchObject({
      namespace: "pacs",
      annotations: { "helm.sh/resource-policy": "keep" },
    });
    const authority = new X509Certificate(secret(objects, "pacs-dicom-tls", "ca.crt"));
    const certificate = new X509Certificate(secret(objects, "pacs-dicom-tls", "tls.crt"));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.subjectAltName).toBe("DNS:web.example.org, DNS:pacs.example.org, IP Address:192.0.2.7");
    expect(secret(objects, "dicom-ca", "tls.crt")).toBe(secret(objects, "pacs-dicom-tls", "ca.crt"));
  });

  test("takes a certificate of the user's, and then makes none", async () => {
    const objects = await renderChart(helm, CHART, { routing: { tls: { existingSecret: "our-tls" } } });
    expect(namesOf(objects, "Secret")).toEqual(["dicom-credentials"]);
    const tls = { credentialName: "our-tls" };
    expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{ tls }, { tls }] } });
  });

  test("has cert-manager make the certificate, signed by a CA of its own or by an issuer of the user's", async () => {
    const certManager = { enabled: true };
    const own = await renderChart(helm, CHART, { routing: { tls: { certManager } } });
    expect(namesOf(own, "Secret")).toEqual(["dicom-credentials"]);
    expect(namesOf(own, "Issuer")).toEqual(["pacs-dicom-tls-ca", "pacs-dicom-tls-self-signed"]);
    expect(find(own, "Certificate/pacs-dicom-tls")).toMatchObject({
      metadata: { namespace: "istio-ingress" },
      spec: {
        secretName: "pacs-dicom-tls",
        dnsNames: ["web.dicom.test", "dicom.test"],
        privateKey: { algorithm: "RSA", size: 2048 },
        issuerRef: { kind: "Issuer", name: "pacs-dicom-tls-ca" },
      },
    });
    const issuer = { name: "corporate" };
    const theirs = await renderChart(helm, CHART, { routing: { tls: { certManager: { enabled: true, issuer } } } });
    expect(namesOf(theirs, "Issuer")).toEqual([]);
    expect(find(theirs, "Certificate/pacs-dicom-tls").spec).toMatchObject({
      issuerRef: { kind: "ClusterIssuer", name: "corporate" },
    });
  });

  test("asks DICOM clients for certificates, and signs a first one with its own CA", async () => {
    const dicom = { exposure: "public", clientCertificates: { required: true } };
    const objects = await renderChart(helm, CHART, { routing: { dicom } });
    expect(find(objects, "Gateway/dicom")).toMatchObject({
      spec: { servers: [{ tls: { mode: "SIMPLE" } }, { tls: { mode: "MUTUAL", credentialName: "pacs-dicom-tls" } }] },
    });
    const authority = new X509Certificate(secret(objects, "pacs-dicom-tls", "ca.crt"));
    const client = new X509Certificate(secret(objects, "pacs-dicom-tls-client", "tls.crt"));
    expect(client.verify(authority.publicKey)).toBe(true);
  });

  test("asks for certificates that the user's own CAs signed", async () => {
    const authorities = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const dicom = { clientCertificates: { required: true, authorities } };
    const objects = await renderChart(helm, CHART, { routing: { dicom } });
    expect(secret(objects, "pacs-dicom-tls-cacert", "cacert")).toBe(authorities);
    expect(names(objects)).not.toContain("Secret/pacs-dicom-tls-client");
  });

  test("is left out where there is no Istio", async () => {
    const objects = await renderChart(helm, CHART, { routing: { enabled: false } });
    expect(objects.filter(({ apiVersion }) => apiVersion.includes("istio.io"))).toEqual([]);
    expect(namesOf(objects, "Secret")).toEqual(["dicom-credentials"]);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["pacs"]));
    expect(find(objects, "NetworkPolicy/dicom-orthanc").spec).toMatchObject({
      ingress: [{ from: [{ podSelector: {} }] }],
    });
  });

  test("is tested from the gateway's namespace, where the CA lies", async () => {
    const test = find(await renderChart(helm, CHART), "Pod/pacs-dicom-test");
    expect(test.metadata).toMatchObject({
      namespace: "istio-ingress",
      annotations: { "helm.sh/hook": "test" },
      labels: { "sidecar.istio.io/inject": "false" },
    });
    const spec = test.spec as { containers: JsonObject[]; volumes: JsonObject[] };
    expect(spec.containers[0]).toMatchObject({ image: "docker.io/orthancteam/orthanc:26.8.2" });
    expect(strings(spec.volumes)).toEqual(expect.arrayContaining(["pacs-dicom-tls", "pacs-dicom-tls-client"]));
    expect(strings(spec.volumes)).not.toContain("tls.key");
  });
});
