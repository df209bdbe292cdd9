import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { JsonObject, JsonValue } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { chartFolder, find, HELMS, names, renderChart, runHelm, templateChart } from "./render-chart.ts";

const CHART = chartFolder("dicom");

/** A key of a Secret, decoded. */
function secret(objects: readonly KubeObject[], name: string, key: string): string {
  const data = find(objects, `Secret/${name}`)["data"] as JsonObject;
  return Buffer.from(String(data[key]), "base64").toString();
}

/** Every string in a value, keys included. */
function strings(value: JsonValue | undefined): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...strings(item)]);
}

/** Orthanc's configuration as it stands in the ConfigMap. */
function orthancConfig(objects: readonly KubeObject[]): JsonObject {
  const data = find(objects, "ConfigMap/dicom-orthanc")["data"] as JsonObject;
  return JSON.parse(String(data["orthanc.json"])) as JsonObject;
}

/** What pods are made from: the template's spec of a Deployment. */
function podSpec(objects: readonly KubeObject[], name: string): JsonObject {
  const spec = find(objects, `Deployment/${name}`).spec as { template: { spec: JsonObject } };
  return spec.template.spec;
}

describe.each(HELMS)("the dicom chart, rendered by %s", (helm) => {
  test("is clean", async () => {
    expect(await runHelm(helm, ["lint", "--strict", CHART])).toMatchObject({ exitCode: 0 });
  });

  test("is two Deployments with what they need, and the routes to them", async () => {
    expect(names(await renderChart(helm, CHART))).toEqual([
      "ConfigMap/dicom-orthanc",
      "Deployment/dicom-orthanc",
      "Deployment/dicom-postgres",
      "Gateway/dicom",
      "PersistentVolumeClaim/dicom-postgres",
      "Secret/dicom-ca",
      "Secret/dicom-credentials",
      "Secret/pacs-dicom-tls",
      "Service/dicom-orthanc",
      "Service/dicom-postgres",
      "VirtualService/dicom-dicom",
      "VirtualService/dicom-web",
    ]);
  });

  test("ends TLS for one HTTPS host, and for DICOM without asking for a host name", async () => {
    const objects = await renderChart(helm, CHART, { web: { host: "web.example.org" } });
    const tls = { mode: "SIMPLE", credentialName: "pacs-dicom-tls" };
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

  test("routes both ports of the gateway to ports that Orthanc's Service has", async () => {
    const objects = await renderChart(helm, CHART, { dicom: { port: 2762 } });
    const host = "dicom-orthanc.pacs.svc.cluster.local";
    expect(find(objects, "VirtualService/dicom-web").spec).toEqual({
      gateways: ["dicom"],
      hosts: ["web.dicom.test"],
      http: [{ route: [{ destination: { host, port: { number: 8042 } } }] }],
    });
    expect(find(objects, "VirtualService/dicom-dicom").spec).toEqual({
      gateways: ["dicom"],
      hosts: ["*"],
      tcp: [{ match: [{ port: 2762 }], route: [{ destination: { host, port: { number: 4242 } } }] }],
    });
    expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{}, { port: { number: 2762 } }] } });
    expect(find(objects, "Service/dicom-orthanc")).toMatchObject({
      spec: {
        ports: [
          { name: "http", port: 8042 },
          { name: "tcp-dicom", port: 4242 },
        ],
      },
    });
  });

  test("puts its certificate where the gateway looks for it, for both hosts, signed by the CA it hands out", async () => {
    const objects = await renderChart(helm, CHART, {
      gateway: { namespace: "edge", selector: { istio: "edge" } },
      web: { host: "web.example.org" },
      dicom: { host: "pacs.example.org" },
    });
    expect(find(objects, "Secret/pacs-dicom-tls")).toMatchObject({
      type: "kubernetes.io/tls",
      metadata: { namespace: "edge" },
    });
    expect(find(objects, "Secret/dicom-ca").metadata.namespace).toBe("pacs");
    const authority = new X509Certificate(secret(objects, "pacs-dicom-tls", "ca.crt"));
    const certificate = new X509Certificate(secret(objects, "pacs-dicom-tls", "tls.crt"));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.subjectAltName).toBe("DNS:web.example.org, DNS:pacs.example.org");
    expect(secret(objects, "dicom-ca", "tls.crt")).toBe(secret(objects, "pacs-dicom-tls", "ca.crt"));
  });

  test("takes a certificate of the user's, and then makes none", async () => {
    const objects = await renderChart(helm, CHART, { tls: { existingSecret: "our-tls" } });
    expect(names(objects).filter((name) => name.startsWith("Secret/"))).toEqual(["Secret/dicom-credentials"]);
    const tls = { credentialName: "our-tls" };
    expect(find(objects, "Gateway/dicom")).toMatchObject({ spec: { servers: [{ tls }, { tls }] } });
  });

  test("takes passwords of the user's, and then makes none", async () => {
    const objects = await renderChart(helm, CHART, { credentials: { existingSecret: "our-logins" } });
    expect(names(objects)).not.toContain("Secret/dicom-credentials");
    const references = strings(podSpec(objects, "dicom-orthanc")).filter((text) => text === "our-logins");
    expect(references).toHaveLength(2);
    expect(podSpec(objects, "dicom-postgres")).toMatchObject({
      volumes: expect.arrayContaining([
        expect.objectContaining({ secret: expect.objectContaining({ secretName: "our-logins" }) }),
      ]),
    });
  });

  test("holds no password and no key outside Secrets", async () => {
    const objects = await renderChart(helm, CHART);
    const hidden = [
      secret(objects, "dicom-credentials", "postgres-password"),
      secret(objects, "dicom-credentials", "orthanc-password"),
      "PRIVATE KEY",
    ];
    expect(hidden.map((text) => text.length > 8)).toEqual([true, true, true]);
    const seen = strings(objects.filter((object) => object.kind !== "Secret"));
    for (const text of hidden) expect(seen.filter((line) => line.includes(text))).toEqual([]);
  });

  test("gives Orthanc its passwords by names that Orthanc itself replaces", async () => {
    const objects = await renderChart(helm, CHART, { orthanc: { adminUser: "ward" }, postgres: { username: "pacs" } });
    expect(orthancConfig(objects)).toMatchObject({
      AuthenticationEnabled: true,
      RegisteredUsers: { ward: "${WEB_PASSWORD}" },
      PostgreSQL: { Host: "dicom-postgres", Username: "pacs", Password: "${DATABASE_PASSWORD}" },
    });
    expect(podSpec(objects, "dicom-orthanc")).toMatchObject({
      containers: [
        {
          env: [
            {
              name: "WEB_PASSWORD",
              valueFrom: { secretKeyRef: { name: "dicom-credentials", key: "orthanc-password" } },
            },
            { name: "DATABASE_PASSWORD", valueFrom: { secretKeyRef: { key: "postgres-password" } } },
          ],
        },
      ],
    });
  });

  test("restarts Orthanc when its configuration changes, and for nothing else", async () => {
    const checksum = async (values: JsonObject): Promise<unknown> => {
      const found = find(await renderChart(helm, CHART, values), "Deployment/dicom-orthanc");
      const spec = found.spec as { template: { metadata: { annotations: JsonObject } } };
      return spec.template.metadata.annotations["checksum/config"];
    };
    const before = await checksum({});
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum({ web: { host: "web.example.org" } })).toBe(before);
    expect(
      await checksum({ orthanc: { config: { StableAge: 30, PostgreSQL: { IndexConnectionsCount: 5 } } } }),
    ).not.toBe(before);
  });

  test("meets the restricted Pod Security Standard", async () => {
    const objects = await renderChart(helm, CHART);
    for (const name of ["dicom-orthanc", "dicom-postgres"]) {
      const spec = podSpec(objects, name);
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
      });
      const containers = [spec["initContainers"] ?? [], spec["containers"] ?? []].flat();
      for (const container of containers) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        });
      }
    }
  });

  test("keeps volume and password together when it is uninstalled, or neither", async () => {
    const keep = { metadata: { annotations: { "helm.sh/resource-policy": "keep" } } };
    const lasting = await renderChart(helm, CHART, { postgres: { persistence: { storageClassName: "fast" } } });
    expect(find(lasting, "PersistentVolumeClaim/dicom-postgres")).toMatchObject({
      ...keep,
      spec: { storageClassName: "fast" },
    });
    expect(find(lasting, "Secret/dicom-credentials")).toMatchObject(keep);

    const passing = await renderChart(helm, CHART, { postgres: { persistence: { enabled: false } } });
    expect(names(passing)).not.toContain("PersistentVolumeClaim/dicom-postgres");
    expect(find(passing, "Secret/dicom-credentials")).not.toMatchObject(keep);
  });

  test("takes any images, by digest too", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const objects = await renderChart(helm, CHART, {
      orthanc: { image: { repository: "registry.example.org:5000/orthanc", tag: "local", digest } },
      postgres: { image: { repository: "docker.io/library/postgres", tag: "15" } },
    });
    expect(podSpec(objects, "dicom-orthanc")).toMatchObject({
      initContainers: [{ image: "docker.io/library/postgres:15" }],
      containers: [{ image: `registry.example.org:5000/orthanc:local@${digest}` }],
    });
  });

  test("allows global, which umbrella charts hand down", async () => {
    const values = { global: { imageRegistry: "registry.example.org", nested: { deep: true } } };
    expect(await templateChart(helm, CHART, values)).toMatchObject({ exitCode: 0 });
  });

  test.each<[string, JsonObject, string]>([
    ["an unknown key", { orthnac: {} }, "orthnac"],
    ["an unknown key further down", { postgres: { persistence: { enable: false } } }, "/postgres/persistence"],
    ["a wrong type", { postgres: { persistence: { enabled: "yes" } } }, "/postgres/persistence/enabled"],
    ["a digest that names no algorithm", { orthanc: { image: { digest: "0".repeat(64) } } }, "/orthanc/image/digest"],
    ["a port that the gateway has for something else", { dicom: { port: 443 } }, "/dicom/port"],
    ["a host with a wildcard for HTTPS", { web: { host: "*" } }, "/web/host"],
    ["root", { postgres: { runAsUser: 0 } }, "/postgres/runAsUser"],
    ["a password in the ConfigMap", { orthanc: { config: { RegisteredUsers: { a: "b" } } } }, "RegisteredUsers"],
    ["a gateway without labels", { gateway: { selector: { istio: null } } }, "/gateway/selector"],
  ])("refuses %s, naming the value", async (_, values, path) => {
    const { exitCode, stderr } = await templateChart(helm, CHART, values);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(path);
  });
});

test("the chart's appVersion is the tag of the image it takes by default", async () => {
  const chart = parse(await readFile(join(CHART, "Chart.yaml"), "utf8")) as JsonObject;
  const values = parse(await readFile(join(CHART, "values.yaml"), "utf8")) as JsonObject;
  expect(values).toMatchObject({ orthanc: { image: { tag: chart["appVersion"] } } });
});
