import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chartFolder, HELMS, type Helm, runHelm } from "../charts-rendered/render-chart.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";

/** Where the chart's secrets are, by what they hold. */
const SECRETS = {
  credentials: "/api/v1/namespaces/dicom/secrets/dicom-credentials",
  authority: "/api/v1/namespaces/dicom/secrets/dicom-ca",
  certificate: "/api/v1/namespaces/istio-ingress/secrets/dicom-dicom-tls",
} as const;

let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});

afterAll(async () => {
  await sandbox?.stop();
});

beforeEach(async () => {
  await sandbox.reset();
  await sandbox.api.send("POST", "/api/v1/namespaces", {
    metadata: { name: "dicom", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
  });
  await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: "istio-ingress" } });
  await Promise.all([defineKind("Gateway", "gateways"), defineKind("VirtualService", "virtualservices")]);
});

/** A stand-in for Istio's CRD of a kind: Istio itself has no part in these tests. */
async function defineKind(kind: string, plural: string): Promise<void> {
  const group = "networking.istio.io";
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  await sandbox.api.send("POST", path, {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  });
  await expect
    .poll(() => sandbox.api.get(`/apis/${group}/v1/namespaces/dicom/${plural}`), { timeout: 10_000 })
    .not.toBeNull();
}

/** Runs helm against the sandbox; fails the test when helm does. */
async function helmDoes(helm: Helm, ...args: string[]): Promise<void> {
  const target = ["--kubeconfig", sandbox.kubeconfig, "--kube-context", sandbox.context, "--namespace", "dicom"];
  const { exitCode, stderr } = await runHelm(helm, [...args, ...target]);
  if (exitCode !== 0) throw new Error(`${helm} ${args[0] ?? ""}: ${stderr}`);
}

const install = (helm: Helm, ...set: string[]): Promise<void> =>
  helmDoes(helm, "upgrade", "--install", "dicom", chartFolder("dicom"), ...set.map((value) => `--set=${value}`));

/** What the chart made up, as it stands in the cluster. */
async function madeUp(): Promise<Record<keyof typeof SECRETS, unknown>> {
  const data = async (path: string): Promise<unknown> => ((await sandbox.api.get(path)) as KubeJson)["data"];
  return {
    credentials: await data(SECRETS.credentials),
    authority: await data(SECRETS.authority),
    certificate: await data(SECRETS.certificate),
  };
}

describe.each(HELMS)("the dicom chart, installed by %s", (helm) => {
  test("becomes ready where the restricted Pod Security Standard is enforced", async () => {
    await helmDoes(helm, "upgrade", "--install", "dicom", chartFolder("dicom"), "--wait", "--timeout=60s");
    const { items } = (await sandbox.api.get("/apis/apps/v1/namespaces/dicom/deployments")) as KubeJson;
    expect(items.map((item: KubeJson) => item["status"].readyReplicas)).toEqual([1, 1]);
  });

  test("keeps passwords, CA and certificate over an upgrade", async () => {
    await install(helm);
    const before = await madeUp();
    await install(helm, "orthanc.aeTitle=WARD3");
    expect(await madeUp()).toEqual(before);
  });

  test("signs anew with the same CA when a host changes", async () => {
    await install(helm);
    const before = await madeUp();
    await install(helm, "web.host=web.example.org");
    const after = await madeUp();
    expect(after).toMatchObject({ credentials: before.credentials, authority: before.authority });
    expect(after.certificate).not.toEqual(before.certificate);
  });

  test("leaves volume and passwords behind, and finds them again", async () => {
    await install(helm);
    const { credentials } = await madeUp();
    await helmDoes(helm, "uninstall", "dicom");
    expect(await sandbox.api.get("/api/v1/namespaces/dicom/persistentvolumeclaims/dicom-postgres")).not.toBeNull();
    expect(await sandbox.api.get(SECRETS.certificate)).toBeNull();
    await install(helm);
    expect((await madeUp()).credentials).toEqual(credentials);
  });
});
