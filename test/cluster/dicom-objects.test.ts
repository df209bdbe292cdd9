import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chartFolder, HELMS, renderChart } from "../charts-rendered/render-chart.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { defineKinds, installIstioCrds, prepareNamespaces } from "../support/istio-crds.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

/** Ways to use the chart that between them bring every template. */
const USES: readonly (readonly [what: string, values: JsonObject])[] = [
  ["as it is", {}],
  ["without Istio", { routing: { enabled: false } }],
  [
    "with clients' certificates, by cert-manager",
    { routing: { dicom: { clientCertificates: { required: true } }, tls: { certManager: { enabled: true } } } },
  ],
  [
    "in the open, with authorities of the user's",
    {
      routing: {
        gateway: { serviceAccount: "istio-ingressgateway" },
        authorization: { from: [{ namespaces: ["monitoring"] }] },
        dicom: {
          hosts: ["pacs.example.org"],
          clientsSendSni: true,
          exposure: "public",
          clientCertificates: { required: true, authorities: "-----BEGIN CERTIFICATE-----\nMIIB\n" },
        },
      },
    },
  ],
  [
    "with a database of others, and several Orthancs on a volume",
    {
      global: { imagePullSecrets: ["login"], dicom: { database: { host: "db.example.org", caSecret: "db-ca" } } },
      postgres: { enabled: false },
      orthanc: {
        storage: "volume",
        persistence: { accessModes: ["ReadWriteMany"], storageClassName: "shared" },
        autoscaling: { enabled: true },
        extraEnv: [{ name: "BUCKET_KEY", valueFrom: { secretKeyRef: { name: "bucket", key: "key" } } }],
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" }],
        nodeSelector: { disk: "fast" },
        tolerations: [{ key: "dicom", operator: "Exists" }],
        affinity: { nodeAffinity: {} },
      },
      networkPolicy: { orthancEgress: [{ to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 104 }] }] },
    },
  ],
  [
    "with a database at an address, and without policies",
    {
      global: { dicom: { database: { host: "192.0.2.9", tls: false } } },
      postgres: { enabled: false },
      networkPolicy: { enabled: false },
      routing: { authorization: { enabled: false } },
    },
  ],
  ["with settings of PostgreSQL", { postgres: { settings: { shared_buffers: "256MB", max_connections: 200 } } }],
];

/** Where the chart is rendered for: a namespace that enforces the restricted Pod Security Standard. */
const PLACE = { name: "dicom", namespace: "dicom" };

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await prepareNamespaces(sandbox);
  await installIstioCrds(sandbox);
  await defineKinds(sandbox, "cert-manager.io", { Certificate: "certificates", Issuer: "issuers" });
});

afterAll(async () => {
  await sandbox?.stop();
});

/** Asks the API server whether it would take an object as it is: unknown fields and forbidden pods are refused. */
async function wouldTake(object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await sandbox.api.get(group)) as KubeJson;
  const resource = (resources as KubeJson[]).find((each) => each["kind"] === kind && !each["name"].includes("/"));
  expect(resource, `${kind} is served`).toBeDefined();
  const path = `${group}/namespaces/${metadata.namespace}/${resource?.["name"]}`;
  await sandbox.api.send("POST", `${path}?dryRun=All&fieldValidation=Strict`, object);
}

/** The pods that a workload would make, as objects of their own: only those are held against the security standard. */
function podOf({ kind, metadata, spec }: KubeObject): KubeObject[] {
  if (kind !== "Deployment" && kind !== "StatefulSet") return [];
  const { template } = spec as unknown as { template: { metadata: JsonObject; spec: JsonObject } };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: metadata.name, namespace: metadata.namespace },
    spec: { ...template.spec, serviceAccountName: "default" },
  };
  return [pod as unknown as KubeObject];
}

describe.each(HELMS)("every object of the dicom chart, rendered by %s", (helm) => {
  test.each(USES)("is what the API server wants, %s", async (_, values) => {
    const objects = await renderChart(helm, chartFolder("dicom"), values, PLACE);
    expect(objects.length).toBeGreaterThan(9);
    for (const object of [...objects, ...objects.flatMap(podOf)]) await wouldTake(object);
  });
});

test("a pod that the standard forbids would be refused", async () => {
  const objects = await renderChart("helm4", chartFolder("dicom"), {}, PLACE);
  const [pod] = objects.flatMap(podOf);
  const rooted = { ...pod, spec: { ...(pod?.spec as JsonObject), hostNetwork: true } } as unknown as KubeObject;
  await expect(wouldTake(rooted)).rejects.toThrow(/violates PodSecurity/);
});
