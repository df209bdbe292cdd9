import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chartFolder, HELMS, type Helm, runHelm } from "../charts-rendered/render-chart.ts";
import { installIstioCrds, prepareNamespaces } from "../support/istio-crds.ts";
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
  await prepareNamespaces(sandbox);
  await installIstioCrds(sandbox);
});

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

/** Sets the day of renewal into the past, in Helm 4's own name: it refuses what others have changed. */
async function makeOld(): Promise<void> {
  const { apiVersion, kind, metadata, type, data } = (await sandbox.api.get(SECRETS.certificate)) as KubeJson;
  const { name, namespace, labels } = metadata;
  const annotations = { ...metadata.annotations, "flotilla.dev/renew-after": "1000" };
  await sandbox.api.send(
    "PATCH",
    `${SECRETS.certificate}?fieldManager=helm&force=true`,
    { apiVersion, kind, metadata: { name, namespace, labels, annotations }, type, data },
    "application/apply-patch+yaml",
  );
}

describe.each(HELMS)("the dicom chart, installed by %s", (helm) => {
  test("becomes ready where the restricted Pod Security Standard is enforced, and passes its test", async () => {
    await helmDoes(helm, "upgrade", "--install", "dicom", chartFolder("dicom"), "--wait", "--timeout=60s");
    const ready = async (workloads: string): Promise<unknown> => {
      const { items } = (await sandbox.api.get(`/apis/apps/v1/namespaces/dicom/${workloads}`)) as KubeJson;
      return items.map((item: KubeJson) => [item["metadata"].name, item["status"].readyReplicas]);
    };
    expect(await ready("deployments")).toEqual([["dicom-orthanc", 1]]);
    expect(await ready("statefulsets")).toEqual([["dicom-postgres", 1]]);
    await helmDoes(helm, "test", "dicom", "--timeout=60s");
  });

  test("keeps passwords, CA and certificate over an upgrade", async () => {
    await install(helm);
    const before = await madeUp();
    await install(helm, "orthanc.aeTitle=WARD3");
    expect(await madeUp()).toEqual(before);
  });

  test("signs anew with the same CA when a name changes, and when the time is near", async () => {
    await install(helm);
    const before = await madeUp();
    await install(helm, "routing.web.host=web.example.org");
    const renamed = await madeUp();
    expect(renamed).toMatchObject({ credentials: before.credentials, authority: before.authority });
    expect(renamed.certificate).not.toEqual(before.certificate);

    await makeOld();
    await install(helm, "routing.web.host=web.example.org");
    const renewed = await madeUp();
    expect(renewed.authority).toEqual(before.authority);
    expect(renewed.certificate).not.toEqual(renamed.certificate);
  });

  test("leaves volume, passwords and CA behind, and finds them again", async () => {
    await install(helm);
    const { credentials, authority } = await madeUp();
    await helmDoes(helm, "uninstall", "dicom");
    expect(await sandbox.api.get("/api/v1/namespaces/dicom/persistentvolumeclaims/dicom-postgres")).not.toBeNull();
    expect(await sandbox.api.get(SECRETS.certificate)).toBeNull();
    await install(helm);
    expect(await madeUp()).toMatchObject({ credentials, authority });
  });
});
