import { join } from "node:path";
import { expect, test } from "vitest";
import { HELMS } from "./render-chart.ts";
import { exampleFolder, loadExample, renderStack } from "./rendered-stack.ts";

const FILE = join(exampleFolder("no-mesh"), "flotilla.yaml");

test("a stack without Istio is its releases, in their order", async () => {
  const { releases } = await loadExample(FILE, null);
  expect(releases.map(({ name, needs }) => [name, needs])).toEqual([
    ["archive", []],
    ["teaching", ["archive"]],
  ]);
});

test.each(HELMS)("the second archive knows the first, and may call it (%s)", async (helm) => {
  const { archive, teaching } = await renderStack(helm, await loadExample(FILE, null));
  expect(Object.keys(archive ?? {})).toContain("Service archive/archive-orthanc");
  const modality = ["ARCHIVE", "archive-orthanc.archive.svc.cluster.local", 4242];
  expect(teaching).toMatchObject({
    "ConfigMap teaching/teaching-orthanc": { data: { "orthanc.json": { DicomModalities: { archive: modality } } } },
  });
  const from = (namespace: string): unknown =>
    expect.objectContaining({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } });
  expect(archive).toMatchObject({
    "NetworkPolicy archive/archive-orthanc": {
      spec: { ingress: [{ from: expect.arrayContaining([from("teaching")]) }] },
    },
  });
  expect(teaching).toMatchObject({
    "NetworkPolicy teaching/teaching-orthanc": {
      spec: { egress: expect.arrayContaining([{ to: [from("archive")], ports: [{ port: 4242 }] }]) },
    },
  });
});
