import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { JsonObject } from "../../src/model/json.ts";
import { CHART, ORTHANC, orthancConfig, podAnnotations, podSpec, POSTGRES, secret, strings } from "./dicom-objects.ts";
import { find, HELMS, names, renderChart, runHelm } from "./render-chart.ts";

describe.each(HELMS)("the dicom chart, rendered by %s", (helm) => {
  test("is clean, and each of its parts by itself", async () => {
    expect(await runHelm(helm, ["lint", "--strict", "--with-subcharts", CHART])).toMatchObject({ exitCode: 0 });
  });

  test("is a server and its database with what they need, the routes to them, and a test", async () => {
    expect(names(await renderChart(helm, CHART))).toEqual([
      "AuthorizationPolicy/dicom",
      "ConfigMap/dicom-orthanc",
      "ConfigMap/pacs-dicom-test",
      "Deployment/dicom-orthanc",
      "DestinationRule/dicom-orthanc",
      "Gateway/dicom",
      "NetworkPolicy/dicom-orthanc",
      "NetworkPolicy/dicom-postgres",
      "PeerAuthentication/dicom",
      "PersistentVolumeClaim/dicom-postgres",
      "Pod/pacs-dicom-test",
      "Secret/dicom-ca",
      "Secret/dicom-credentials",
      "Secret/pacs-dicom-tls",
      "Service/dicom-orthanc",
      "Service/dicom-postgres",
      "ServiceAccount/dicom-orthanc",
      "ServiceAccount/dicom-postgres",
      "StatefulSet/dicom-postgres",
      "VirtualService/dicom-dicom",
      "VirtualService/dicom-web",
    ]);
  });

  test("takes passwords of the user's, and then makes none", async () => {
    const global = { dicom: { credentials: { existingSecret: "our-logins" } } };
    const objects = await renderChart(helm, CHART, { global });
    expect(names(objects)).not.toContain("Secret/dicom-credentials");
    const references = strings(podSpec(objects, ORTHANC)).filter((text) => text === "our-logins");
    expect(references).toHaveLength(2);
    expect(podSpec(objects, POSTGRES)).toMatchObject({
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
    const objects = await renderChart(helm, CHART, {
      orthanc: { adminUser: "ward" },
      global: { dicom: { database: { username: "pacs" } } },
    });
    expect(orthancConfig(objects)).toMatchObject({
      AuthenticationEnabled: true,
      RegisteredUsers: { ward: "${WEB_PASSWORD}" },
      PostgreSQL: { Host: "dicom-postgres", Username: "pacs", Password: "${DATABASE_PASSWORD}" },
    });
    const variable = (name: string, key: string): unknown =>
      expect.objectContaining({ name, valueFrom: { secretKeyRef: { name: "dicom-credentials", key } } });
    expect(podSpec(objects, ORTHANC)).toMatchObject({
      containers: [
        { env: [variable("WEB_PASSWORD", "orthanc-password"), variable("DATABASE_PASSWORD", "postgres-password")] },
      ],
    });
    expect(strings(podSpec(objects, POSTGRES))).toContain("pacs");
  });

  test("needs no password to see whether its pods are well", async () => {
    const objects = await renderChart(helm, CHART);
    const probe = (workload: string): unknown => {
      const [container] = podSpec(objects, workload)["containers"] as JsonObject[];
      return [container?.["startupProbe"], container?.["readinessProbe"], container?.["livenessProbe"]];
    };
    const byPort = { tcpSocket: { port: "http" } };
    expect(probe(ORTHANC)).toMatchObject([byPort, byPort, byPort]);
    const byTool = { exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] } };
    expect(probe(POSTGRES)).toMatchObject([byTool, byTool, byTool]);
  });

  test("restarts Orthanc when its configuration changes, and for nothing else", async () => {
    const checksum = async (values: JsonObject): Promise<unknown> =>
      podAnnotations(await renderChart(helm, CHART, values), ORTHANC)["checksum/config"];
    const before = await checksum({});
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum({ routing: { web: { host: "web.example.org" } } })).toBe(before);
    expect(
      await checksum({ orthanc: { config: { StableAge: 30, PostgreSQL: { IndexConnectionsCount: 5 } } } }),
    ).not.toBe(before);
  });

  test("takes any images, by digest and from a mirror too", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const images = async (global: JsonObject): Promise<unknown> => {
      const objects = await renderChart(helm, CHART, {
        global,
        orthanc: { image: { repository: "registry.example.org:5000/orthanc", tag: "local", digest } },
        postgres: { image: { tag: "15" } },
      });
      return [ORTHANC, POSTGRES].map(
        (workload) => (podSpec(objects, workload)["containers"] as JsonObject[])[0]?.["image"],
      );
    };
    expect(await images({})).toEqual([
      `registry.example.org:5000/orthanc:local@${digest}`,
      "docker.io/library/postgres:15",
    ]);
    expect(await images({ imageRegistry: "mirror.example/hub" })).toEqual([
      `mirror.example/hub/orthanc:local@${digest}`,
      "mirror.example/hub/library/postgres:15",
    ]);
  });

  test("uses a database of others, and then brings none", async () => {
    const database = { host: "db.example.org", port: 5433, caSecret: "db-ca", name: "pacs" };
    const objects = await renderChart(helm, CHART, { postgres: { enabled: false }, global: { dicom: { database } } });
    expect(names(objects).filter((name) => name.includes("postgres"))).toEqual([]);
    expect(orthancConfig(objects)).toMatchObject({
      PostgreSQL: { Host: "db.example.org", Port: 5433, Database: "pacs", EnableSsl: true },
    });
    expect(strings(podSpec(objects, ORTHANC))).toEqual(expect.arrayContaining(["PGSSLROOTCERT", "db-ca"]));
    expect(find(objects, "NetworkPolicy/dicom-orthanc")).toMatchObject({
      spec: { egress: expect.arrayContaining([{ ports: [{ port: 5433 }] }]) },
    });
    expect(find(objects, "ServiceEntry/dicom-database").spec).toMatchObject({ hosts: ["db.example.org"] });
  });
});

test("the chart's appVersion is the tag of the image it takes by default", async () => {
  const yaml = async (...path: string[]): Promise<JsonObject> =>
    parse(await readFile(join(CHART, ...path), "utf8")) as JsonObject;
  const { appVersion } = await yaml("Chart.yaml");
  expect(await yaml("charts", "orthanc", "Chart.yaml")).toMatchObject({ appVersion });
  expect(await yaml("charts", "orthanc", "values.yaml")).toMatchObject({ image: { tag: appVersion } });
});
