import { describe, expect, test } from "vitest";
import { isClusterScoped } from "../../src/manifest/cluster-scope.ts";
import { parseWholeManifest } from "../../src/manifest/parse-manifest.ts";
import type { ObjectChange } from "../../src/model/plan.ts";
import { manifestChanges, type ManifestChanges } from "../../src/plan/changes.ts";
import { secretDigest } from "../../src/plan/secret-digest.ts";

const digest = secretDigest("00ff");

function compare(before: string, after: string, known: readonly string[] = []): ManifestChanges {
  const pair = {
    namespace: "shop",
    before: parseWholeManifest(before),
    after: parseWholeManifest(after),
    isClusterScoped,
  };
  return manifestChanges(pair, { digest, isSecret: (text) => known.some((secret) => text.includes(secret)) });
}

function only({ changes }: ManifestChanges): ObjectChange {
  const [change, ...others] = changes;
  if (change === undefined || others.length > 0) throw new Error(`not one change but ${changes.length}`);
  return change;
}

const service = (spec: string, annotations = "{}"): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: web, annotations: ${annotations}}, spec: ${spec}}`;
const claim = (spec: string, annotations = "{}"): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, annotations: ${annotations}}, spec: ${spec}}`;
const crd = (versions: string): string =>
  `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: w.x.dev}, spec: {group: x.dev, names: {kind: W, plural: w}, versions: ${versions}}}`;
const config = (data: string): string => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: ${data}}`;
const secret = (data: string): string => `{apiVersion: v1, kind: Secret, metadata: {name: s}, ${data}}`;
const workload = (container: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {containers: [${container}]}}}}`;

describe("changes of a release", () => {
  test("objects are known by kind, namespace and name, whatever their version", () => {
    const { changes } = compare(
      `${config("{a: b}")}\n---\n${service("{type: ClusterIP}")}`,
      `${config("{a: b}").replace("{name: c}", "{name: c, namespace: shop}")}\n---\n${secret("data: {}")}`,
    );
    expect(changes.map(({ change, kind, namespace, name }) => ({ change, kind, namespace, name }))).toEqual([
      { change: "add", kind: "Secret", namespace: "shop", name: "s" },
      { change: "remove", kind: "Service", namespace: "shop", name: "web" },
    ]);
  });

  test.each([
    ["a default that is said", service("{ports: [{port: 80}]}"), service("{ports: [{port: 80, protocol: TCP}]}")],
    [
      "keys in another order",
      service("{type: ClusterIP, selector: {a: b}}"),
      service("{selector: {a: b}, type: ClusterIP}"),
    ],
    ["text or base64", secret("stringData: {a: x}"), secret("data: {a: eA==}")],
    ["null or nothing", service("{selector: {a: b}, clusterIP: null}"), service("{selector: {a: b}}")],
  ])("%s changes nothing", (_what, before, after) => {
    expect(compare(before, after).changes).toEqual([]);
  });

  test("a Secret's values show as digests, and only their change", () => {
    const { diff } = only(
      compare(secret("stringData: {a: old-value, b: same}"), secret("stringData: {a: new-value, b: same}")),
    );
    expect(diff).toBe(` data:\n-  a: <secret ${digest("old-value")}>\n+  a: <secret ${digest("new-value")}>\n`);
  });

  test("a known secret is hidden wherever it stands, and so is the one before it", () => {
    const { diff } = only(
      compare(config("{url: 'db://u:old-one@h'}"), config("{url: 'db://u:new-one@h'}"), ["new-one"]),
    );
    expect(diff).not.toMatch(/old-one|new-one/);
    expect(diff).toContain(`+  url: <secret ${digest("db://u:new-one@h")}>`);
  });

  test("what stands under a name that tells a secret is hidden though nobody knows it", () => {
    const variable = (value: string): string => workload(`{name: web, env: [{name: DB_PASSWORD, value: ${value}}]}`);
    const { diff } = only(compare(variable("first-one"), variable("second-one")));
    expect(diff).not.toMatch(/first-one|second-one/);
    expect(diff).toContain("name: DB_PASSWORD");
  });

  test("objects that Helm keeps are not removed, and are told of", () => {
    const kept = claim("{}", "{helm.sh/resource-policy: keep}");
    const { changes, kept: left } = compare(kept, "");
    expect(changes).toEqual([]);
    expect(left).toEqual([{ apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "shop", name: "data" }]);
  });
});

describe("what is lost for good", () => {
  const balancer = (annotation: string): string => service("{type: LoadBalancer}", annotation);
  const set = (spec: string): string => `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: ${spec}}`;
  const versions = (...names: readonly string[]): string =>
    crd(JSON.stringify(names.map((name) => ({ name, served: true }))));
  const cases: readonly (readonly [
    what: string,
    before: string,
    after: string,
    loses: RegExp | null,
    replaced: boolean,
  ])[] = [
    ["a volume claim removed", claim("{}"), "", /data/, false],
    ["a CRD removed", versions("v1"), "", /every object/, false],
    ["a ConfigMap removed", config("{a: b}"), "", null, false],
    ["a CRD's version dropped", versions("v1", "v2"), versions("v2"), /version v1/, false],
    ["a CRD's version added", versions("v1"), versions("v1", "v2"), null, false],
    ["a selector changed", deploymentOf("a"), deploymentOf("b"), /spec\.selector/, true],
    [
      "a claim template changed",
      set("{volumeClaimTemplates: [{metadata: {name: a}}]}"),
      set("{volumeClaimTemplates: [{metadata: {name: b}}]}"),
      /volumeClaimTemplates/,
      true,
    ],
    ["a StatefulSet's replicas changed", set("{replicas: 1}"), set("{replicas: 2}"), null, false],
    ["a cluster IP changed", service("{clusterIP: 10.0.0.1}"), service("{clusterIP: None}"), /address/, true],
    ["a cluster IP no longer named", service("{clusterIP: 10.0.0.1, a: 1}"), service("{a: 2}"), null, false],
    [
      "a load balancer of another class",
      service("{type: LoadBalancer, loadBalancerClass: a}"),
      service("{type: LoadBalancer, loadBalancerClass: b}"),
      /loadBalancerClass/,
      true,
    ],
    [
      "a load balancer of another type",
      balancer("{service.beta.kubernetes.io/aws-load-balancer-type: nlb}"),
      balancer("{service.beta.kubernetes.io/aws-load-balancer-type: external}"),
      /load balancer and address/,
      false,
    ],
    [
      "a load balancer made internal",
      balancer("{networking.gke.io/load-balancer-type: Internal}"),
      balancer("{}"),
      /load balancer and address/,
      false,
    ],
    ["a load balancer's other annotation", balancer("{a: b}"), balancer("{a: c}"), null, false],
    ["a load balancer no more", service("{type: LoadBalancer}"), service("{type: ClusterIP}"), /load balancer/, false],
    ["a storage class changed", claim("{storageClassName: a}"), claim("{storageClassName: b}"), /data/, true],
    [
      "a claim that grows",
      claim("{resources: {requests: {storage: 1Gi}}}"),
      claim("{resources: {requests: {storage: 2Gi}}}"),
      null,
      false,
    ],
    [
      "a claim that shrinks",
      claim("{resources: {requests: {storage: 2Gi}}}"),
      claim("{resources: {requests: {storage: 1Gi}}}"),
      /shrink/,
      false,
    ],
    [
      "a frozen ConfigMap changed",
      `${config("{a: b}").slice(0, -1)}, immutable: true}`,
      `${config("{a: c}").slice(0, -1)}, immutable: true}`,
      /replaced/,
      true,
    ],
    ["a Job's pods changed", job("a"), job("b"), /spec\.template/, true],
    ["a Job's completions changed", job("a", "completions: 2"), job("a", "completions: 3"), /spec\.completions/, true],
    ["a Job's completions no longer named", job("a", "completions: 2"), job("a"), /spec\.completions/, true],
    ["how many a Job runs at a time", job("a", "parallelism: 2"), job("a", "parallelism: 3"), null, false],
    [
      "an indexed Job's completions changed",
      job("a", "completionMode: Indexed, completions: 2, parallelism: 2"),
      job("a", "completionMode: Indexed, completions: 3, parallelism: 3"),
      null,
      false,
    ],
    ["a Job's success policy changed", job("a"), job("a", "successPolicy: {rules: [{}]}"), /successPolicy/, true],
    ["a default that no longer stands", set("{podManagementPolicy: Parallel}"), set("{}"), /podManagement/, true],
    ["another provisioner", storageClass("provisioner: a"), storageClass("provisioner: b"), /provisioner/, true],
    [
      "another reclaim policy than the default",
      storageClass("provisioner: a"),
      storageClass("provisioner: a, reclaimPolicy: Retain"),
      /reclaimPolicy/,
      true,
    ],
    ["a role binding's role", binding("a"), binding("b"), /roleRef/, true],
    ["a Secret of another type", secret("data: {}"), secret("type: kubernetes.io/tls, data: {}"), /type/, true],
    ["a Secret's password changed", secret("stringData: {a: x}"), secret("stringData: {a: y}"), null, false],
    [
      "a frozen Secret changed",
      secret("immutable: true, stringData: {a: x}"),
      secret("immutable: true, stringData: {a: y}"),
      /replaced/,
      true,
    ],
    [
      "a Service that becomes a load balancer of a class",
      service("{type: ClusterIP}"),
      service("{type: LoadBalancer, loadBalancerClass: a}"),
      null,
      false,
    ],
    ["a name that becomes a Service", service("{type: ExternalName}"), service("{clusterIP: None}"), null, false],
    ["a volume on another disk", volume("nfs: {path: /a}"), volume("nfs: {path: /b}"), /spec\.nfs/, true],
    ["a volume that is to be kept", volume("a: b"), volume("persistentVolumeReclaimPolicy: Retain"), null, false],
    [
      "a custom kind that only has the name",
      "{apiVersion: serving.example.dev/v1, kind: Job, metadata: {name: j}, spec: {completions: 1}}",
      "{apiVersion: serving.example.dev/v1, kind: Job, metadata: {name: j}, spec: {completions: 2}}",
      null,
      false,
    ],
  ];

  test.each(cases)("%s", (_what, before, after, loses, replaced) => {
    const change = only(compare(before, after));
    expect(change).toMatchObject({ destructive: loses !== null, replaced });
    if (loses === null) expect(change.loses).toBeNull();
    else expect(change.loses).toMatch(loses);
  });
});

function deploymentOf(app: string): string {
  return `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: ${app}}}}}`;
}

function job(image: string, more = "suspend: false"): string {
  return `{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {${more}, template: {spec: {containers: [{name: a, image: ${image}}]}}}}`;
}

function storageClass(fields: string): string {
  return `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, ${fields}}`;
}

function binding(role: string): string {
  return `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {kind: Role, name: ${role}}}`;
}

function volume(spec: string): string {
  return `{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {${spec}}}`;
}
