import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { CHART, ORTHANC, orthancConfig, podSpec, POSTGRES } from "./dicom-objects.ts";
import { find, HELMS, names, renderChart, templateChart } from "./render-chart.ts";

/** The security of a container that the restricted Pod Security Standard lets in. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

describe.each(HELMS)("the pods of the dicom chart, rendered by %s", (helm) => {
  test("meet the restricted Pod Security Standard, the test's as well", async () => {
    const objects = await renderChart(helm, CHART);
    const specs = [podSpec(objects, ORTHANC), podSpec(objects, POSTGRES), find(objects, "Pod/pacs-dicom-test").spec];
    for (const spec of specs as JsonObject[]) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
      });
      const containers = [spec["initContainers"] ?? [], spec["containers"] ?? []].flat();
      expect(containers.length).toBeGreaterThan(0);
      for (const container of containers) expect(container).toMatchObject({ securityContext: RESTRICTED });
    }
  });

  test("leave the user's id to a platform that gives it", async () => {
    const byPlatform = { podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null } };
    const objects = await renderChart(helm, CHART, { orthanc: byPlatform, postgres: byPlatform });
    for (const workload of [ORTHANC, POSTGRES]) {
      expect(podSpec(objects, workload)["securityContext"]).toEqual({
        runAsNonRoot: true,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
    }
  });

  test("are one Orthanc that stops before the next starts, or several that take turns", async () => {
    const one = await renderChart(helm, CHART);
    expect(find(one, ORTHANC).spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });

    const spread = [{ maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" }];
    const many = await renderChart(helm, CHART, {
      orthanc: { autoscaling: { enabled: true, maxReplicas: 3 }, topologySpreadConstraints: spread },
    });
    expect(find(many, ORTHANC).spec).toMatchObject({ strategy: { type: "RollingUpdate" } });
    expect(find(many, ORTHANC).spec).not.toHaveProperty("replicas");
    expect(find(many, "HorizontalPodAutoscaler/dicom-orthanc").spec).toMatchObject({ minReplicas: 2, maxReplicas: 3 });
    expect(podSpec(many, ORTHANC)["topologySpreadConstraints"]).toMatchObject([
      { maxSkew: 1, labelSelector: { matchLabels: { "app.kubernetes.io/component": "orthanc" } } },
    ]);
  });

  test("leave a node one at a time where there are several, and never keep it from being drained", async () => {
    expect(names(await renderChart(helm, CHART))).not.toContain("PodDisruptionBudget/dicom-orthanc");
    const several = await renderChart(helm, CHART, { orthanc: { replicas: 2 } });
    expect(find(several, "PodDisruptionBudget/dicom-orthanc").spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });

  test("have their images in the database, on a volume, or where a plugin puts them", async () => {
    const stored = async (storage: string): Promise<unknown> => {
      const objects = await renderChart(helm, CHART, { orthanc: { storage } });
      const { EnableStorage } = orthancConfig(objects)["PostgreSQL"] as JsonObject;
      return [EnableStorage, names(objects).includes("PersistentVolumeClaim/dicom-orthanc")];
    };
    expect(await stored("database")).toEqual([true, false]);
    expect(await stored("volume")).toEqual([false, true]);
    expect(await stored("plugin")).toEqual([false, false]);
  });

  test("do not share a volume that only one can have", async () => {
    const orthanc = { storage: "volume", replicas: 2 };
    const { exitCode, stderr } = await templateChart(helm, CHART, { orthanc });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("orthanc.persistence.accessModes");
    const shared = { orthanc: { ...orthanc, persistence: { accessModes: ["ReadWriteMany"] } } };
    expect(names(await renderChart(helm, CHART, shared))).toContain("PersistentVolumeClaim/dicom-orthanc");
  });

  test("keep volume and password together when they are uninstalled, or neither", async () => {
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

  test("are called by the gateway and by each other only", async () => {
    const objects = await renderChart(helm, CHART, { routing: { gateway: { namespace: "edge" } } });
    expect(find(objects, "NetworkPolicy/dicom-orthanc").spec).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "edge" } },
              podSelector: { matchLabels: { istio: "ingressgateway" } },
            },
          ],
        },
      ],
    });
    const orthanc = {
      podSelector: { matchLabels: expect.objectContaining({ "app.kubernetes.io/component": "orthanc" }) },
    };
    expect(find(objects, "NetworkPolicy/dicom-postgres").spec).toMatchObject({ ingress: [{ from: [orthanc] }] });
  });
});
