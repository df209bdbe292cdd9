import { describe, expect, test } from "vitest";
import { GIVE_UP } from "../../src/diagnosis/give-up.ts";
import type { DiagnosisCode } from "../../src/model/diagnosis.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { deployment, event, look, object, pod, unscheduledPod, waitingFor } from "./cluster-objects.ts";

/** What the API server answers a controller that wants to make a pod. */
const REFUSALS: readonly (readonly [code: DiagnosisCode, words: string, says: RegExp])[] = [
  [
    "quota",
    'pods "web-7d4-x" is forbidden: exceeded quota: small, requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1',
    /Quota small of namespace shop.*ask for requests\.cpu=2/,
  ],
  [
    "quota",
    'pods "web-7d4-x" is forbidden: failed quota: small: must specify limits.cpu for: app',
    /limits\.cpu for: app is missing/,
  ],
  [
    "quota",
    'pods "ztunnel-x" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [system-node-critical system-cluster-critical]}]',
    /quota of their own/,
  ],
  [
    "quota",
    'pods "web-7d4-x" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    /maximum cpu usage per Container is 1/,
  ],
  [
    "pod-security",
    'pods "web-7d4-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
    /level restricted:latest.*allowPrivilegeEscalation/,
  ],
  [
    "webhook-unreachable",
    'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: Post "https://istiod.istio-system.svc:443/inject?timeout=10s": no endpoints available for service "istiod"',
    /namespace\.sidecar-injector\.istio\.io: no endpoints available for service "istiod" \(none of its pods is ready\)/,
  ],
  [
    "webhook-unreachable",
    'Internal error occurred: failed calling webhook "w.example": failed to call webhook: Post "https://w.svc:443/?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    /its certificate is not trusted/,
  ],
  [
    "webhook-denied",
    'admission webhook "policy.example" denied the request: no latest tags',
    /policy\.example refuses its pods: no latest tags/,
  ],
  [
    "webhook-denied",
    "pods \"web-7d4-x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no pods today",
    /policy p refuses its pods: no pods today/,
  ],
  [
    "namespace-terminating",
    'pods "web-7d4-x" is forbidden: unable to create new content in namespace shop because it is being terminated',
    /Namespace shop is being deleted/,
  ],
  [
    "config-missing",
    'pods "web-7d4-x" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
    /no service account web/,
  ],
  [
    "config-missing",
    'pods "web-7d4-x" is forbidden: no PriorityClass with name high was found',
    /no priority class high/,
  ],
  [
    "forbidden",
    'pods "web-7d4-x" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden]',
    /security context constraint/,
  ],
  ["unknown", "the server is on fire", /cannot be made: the server is on fire/],
];

describe("pods that are refused", () => {
  test.each(REFUSALS)("%s: %s", (code, words, says) => {
    const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: words };
    const [owner, set] = deployment({ conditions: [{ ...failure, lastTransitionTime: "2026-11-24T10:00:03Z" }] });
    const { findings } = look(waitingFor(owner), [owner, set]);
    expect(findings.map(({ rule }) => GIVE_UP[rule].code)).toEqual([code]);
    expect(findings[0]).toMatchObject({ object: { kind: "Deployment", name: "web" }, since: "2026-11-24T10:00:03Z" });
    expect(findings[0]?.message).toMatch(says);
    expect(findings[0]?.evidence.join("\n")).toContain(words);
  });

  test.each([
    [
      "StatefulSet",
      { replicas: 1 },
      {},
      'create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: ',
    ],
    ["DaemonSet", {}, { desiredNumberScheduled: 2 }, 'Error creating: pods "web-" is forbidden: '],
    ["Job", { completions: 1 }, {}, 'Error creating: pods "web-" is forbidden: '],
  ] as const)("a %s tells by events only", (kind, spec, status, before) => {
    const set = object([kind === "Job" ? "batch/v1" : "apps/v1", kind, "web"], { spec, status });
    const told = event(
      set,
      "FailedCreate",
      `${before}exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0`,
    );
    const { findings } = look(waitingFor(set), [set, told]);
    expect(findings).toMatchObject([{ rule: "quota", object: { kind, name: "web" } }]);
  });

  test("a webhook is followed to the Service that does not answer", () => {
    const words =
      'Internal error occurred: failed calling webhook "inject.example": failed to call webhook: Post "https://x": no endpoints available for service "istiod"';
    const [owner, set] = deployment({ conditions: [{ type: "ReplicaFailure", status: "True", message: words }] });
    const webhook = object(
      ["admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "injector"],
      {
        webhooks: [
          {
            name: "inject.example",
            failurePolicy: "Fail",
            clientConfig: { service: { namespace: "istio-system", name: "istiod" } },
          },
        ],
      },
      { namespace: undefined },
    );
    const slice = object(
      ["discovery.k8s.io/v1", "EndpointSlice", "istiod-1"],
      { endpoints: [{ addresses: ["10.1.0.1"], conditions: { ready: false } }] },
      { namespace: "istio-system", labels: { "kubernetes.io/service-name": "istiod" } },
    );
    const { findings } = look(waitingFor(owner), [owner, set, webhook, slice]);
    expect(findings[0]?.evidence).toContain(
      "MutatingWebhookConfiguration injector: failurePolicy Fail, answered by Service istio-system/istiod, which has no ready endpoint",
    );
  });
});

const claim = (fields: object): KubeObject =>
  object(["v1", "PersistentVolumeClaim", "data"], { status: { phase: "Pending" }, spec: {}, ...fields });
const standard = object(
  ["storage.k8s.io/v1", "StorageClass", "standard"],
  { provisioner: "disk.example" },
  { namespace: undefined, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
);

describe("volumes", () => {
  test("a class that does not exist", () => {
    const { findings } = look(waitingFor(claim({ spec: { storageClassName: "gold" } })), [standard]);
    expect(findings).toMatchObject([
      { rule: "volume-unbound", object: { kind: "PersistentVolumeClaim", name: "data" } },
    ]);
    expect(findings[0]?.message).toContain("no storage class gold");
    expect(findings[0]?.evidence).toContain("storage classes of the cluster: standard");
  });

  test("no class and no default one", () => {
    const { findings } = look(waitingFor(claim({})), []);
    expect(findings[0]?.message).toContain("names no storage class");
  });

  test("a driver that cannot", () => {
    const wanted = claim({ spec: { storageClassName: "standard" } });
    const told = event(wanted, "ProvisioningFailed", "rpc error: code = ResourceExhausted desc = no space in pool");
    expect(look(waitingFor(wanted), [standard, told]).findings[0]?.message).toContain("no space in pool");
  });

  test("a volume that is lost is final", () => {
    const { findings } = look(waitingFor(claim({ status: { phase: "Lost" } })), []);
    expect(findings.map(({ rule }) => [rule, GIVE_UP[rule].graceMs])).toEqual([["volume-lost", 0]]);
  });

  test("the pod that waits for it is no second finding", () => {
    const [owner, set] = deployment();
    const spec = { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };
    const waits = unscheduledPod(
      set,
      "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
      spec,
    );
    const wanted = claim({ spec: { storageClassName: "gold" } });
    const { findings } = look(waitingFor(wanted, owner), [owner, set, waits, wanted, standard]);
    expect(findings.map(({ rule }) => rule)).toEqual(["volume-unbound"]);
  });

  test("one that waits for its first pod on purpose is fine", () => {
    const later = claim({ spec: { storageClassName: "standard" } });
    const told = event(later, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", {
      type: "Normal",
    });
    expect(look(waitingFor(later), [standard, told]).findings).toEqual([]);
  });
});

describe("jobs and hooks", () => {
  const spec = { backoffLimit: 0 };
  const failed = {
    conditions: [
      {
        type: "Failed",
        status: "True",
        reason: "BackoffLimitExceeded",
        message: "Job has reached the specified backoff limit",
      },
    ],
  };
  const ended = (job: KubeObject): KubeObject => {
    const one = pod(
      job,
      { status: { state: { terminated: { exitCode: 3, reason: "Error" } } } },
      { spec: { restartPolicy: "Never" } },
    );
    return { ...one, status: { ...one.status, phase: "Failed" } };
  };

  test("a Job that failed says how, and wants its log", () => {
    const job = object(["batch/v1", "Job", "migrate"], { spec, status: failed });
    const { findings } = look(waitingFor(job), [job, ended(job)]);
    expect(findings).toMatchObject([{ rule: "job-failed", object: { kind: "Job", name: "migrate" } }]);
    expect(findings[0]?.message).toBe("Job migrate failed: its container app ended with exit code 3.");
    expect(findings[0]?.log).toMatchObject({ pod: "web-7d4-abcde", container: "app", previous: false });
  });

  test("one that tries again is no error", () => {
    const job = object(["batch/v1", "Job", "migrate"], { spec: { backoffLimit: 3 }, status: { failed: 1 } });
    expect(look(waitingFor(job), [job, ended(job)]).findings.map(({ rule }) => rule)).toEqual(["job-retries"]);
  });

  test("a hook that helm waits for is named, and so is what its pod hangs on", () => {
    const job = object(["batch/v1", "Job", "prepare"], { spec, status: failed });
    const subject = { ...waitingFor(), hooks: [job] };
    expect(look(subject, [job, ended(job)]).findings.map(({ rule }) => rule)).toEqual(["hook-failed"]);
    const slow = object(["batch/v1", "Job", "prepare"], { spec, status: {} });
    const stuck = pod(slow, { status: { state: { waiting: { reason: "ErrImagePull", message: "not found" } } } });
    const { findings } = look({ ...subject, hooks: [slow] }, [slow, stuck]);
    expect(findings[0]?.rule).toBe("image-pull");
    expect(findings[0]?.message).toMatch(/^Hook Job prepare: The image/);
  });
});

describe("what is no pod's", () => {
  test("a load balancer nobody works on, one that is worked on, one that failed", () => {
    const service = object(["v1", "Service", "web"], { spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } });
    const rules = (...events: KubeObject[]): unknown[] =>
      look(waitingFor(service), [service, ...events]).findings.map(({ rule, message }) => [rule, message]);
    expect(rules()).toEqual([["load-balancer-pending", expect.stringMatching(/nobody in the cluster/)]]);
    const ensuring = event(service, "EnsuringLoadBalancer", "Ensuring load balancer", { type: "Normal" });
    expect(rules(ensuring)).toEqual([["load-balancer-pending", expect.stringMatching(/at work on it/)]]);
    const failure = event(
      service,
      "SyncLoadBalancerFailed",
      "Error syncing load balancer: quota of addresses is used up",
    );
    expect(rules(ensuring, failure)).toEqual([["load-balancer-failed", expect.stringMatching(/quota of addresses/)]]);
  });

  test("a definition whose names are taken", () => {
    const crd = object(
      ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "gadgets.x.example"],
      {
        status: {
          conditions: [
            { type: "NamesAccepted", status: "False", reason: "KindConflict", message: '"Widget" is already in use' },
          ],
        },
      },
      { namespace: undefined },
    );
    expect(look(waitingFor(crd), []).findings).toMatchObject([
      { rule: "crd-names", object: { name: "gadgets.x.example" } },
    ]);
  });

  test("a definition that is only being installed is not told of at once", () => {
    const crd = (...conditions: readonly JsonObject[]) =>
      object(
        ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "gadgets.x.example"],
        { status: { conditions } },
        { namespace: undefined },
      );
    const quiet = (...conditions: readonly JsonObject[]): unknown =>
      look(waitingFor(crd(...conditions)), []).findings.map(({ rule, quietMs }) => [rule, quietMs ?? 0]);
    const accepted = { type: "NamesAccepted", status: "True" };
    expect(quiet()).toEqual([["crd-not-established", 10_000]]);
    expect(quiet(accepted, { type: "Established", status: "False", reason: "Installing" })).toEqual([
      ["crd-not-established", 10_000],
    ]);
    expect(quiet(accepted, { type: "Established", status: "False", reason: "InvalidCABundle" })).toEqual([
      ["crd-not-established", 0],
    ]);
  });

  test("a namespace that is held back says by what", () => {
    const namespace = object(
      ["v1", "Namespace", "old"],
      {
        spec: { finalizers: ["kubernetes"] },
        status: {
          phase: "Terminating",
          conditions: [
            {
              type: "NamespaceContentRemaining",
              status: "True",
              message: "Some resources are remaining: pods. has 1 resource instances",
            },
            {
              type: "NamespaceFinalizersRemaining",
              status: "True",
              message: "Some content in the namespace has finalizers remaining: x.example/hold in 1 resource instances",
            },
          ],
        },
      },
      { namespace: undefined, deletionTimestamp: "2026-11-24T10:00:00Z" },
    );
    const { findings } = look(waitingFor(namespace), []);
    expect(findings[0]).toMatchObject({ rule: "namespace-terminating", since: "2026-11-24T10:00:00Z" });
    expect(findings[0]?.message).toContain("x.example/hold");
  });

  test("a rollout's own deadline counts only where nothing says more", () => {
    const [owner, set] = deployment();
    const status = {
      observedGeneration: 3,
      conditions: [
        {
          type: "Progressing",
          status: "False",
          reason: "ProgressDeadlineExceeded",
          message: 'ReplicaSet "web-7d4" has timed out progressing.',
        },
      ],
    };
    const late = { ...owner, metadata: { ...owner.metadata, generation: 3 }, status } as KubeObject;
    const silent = pod(set, { status: { state: { running: {} } } });
    expect(look(waitingFor(late), [late, set, silent]).findings.map(({ rule }) => rule)).toEqual(["progress-deadline"]);
    const broken = pod(set, { status: { state: { waiting: { reason: "ErrImagePull", message: "not found" } } } });
    expect(look(waitingFor(late), [late, set, broken]).findings.map(({ rule }) => rule)).toEqual(["image-pull"]);
    const older = { ...late, metadata: { ...late.metadata, generation: 4 } } as KubeObject;
    expect(look(waitingFor(older), [older, set, silent]).findings).toEqual([]);
  });
});
