import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/diagnosis/finding.ts";
import { GIVE_UP } from "../../src/diagnosis/give-up.ts";
import type { DiagnosisCode } from "../../src/model/diagnosis.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import {
  type ContainerState,
  deployment,
  event,
  look,
  object,
  pod,
  unscheduledPod,
  waitingFor,
} from "./cluster-objects.ts";

interface PodCase {
  readonly title: string;
  readonly container: ContainerState;
  readonly events?: readonly (readonly [reason: string, message: string])[];
  readonly spec?: JsonObject;
  readonly code: DiagnosisCode;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const waiting = (reason: string, message = ""): JsonObject => ({ state: { waiting: { reason, message } } });
const crashed = (ended: JsonObject, restarts = 2): JsonObject => ({
  restartCount: restarts,
  state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s restarting failed container=app" } },
  lastState: { terminated: { finishedAt: "2026-11-24T10:00:20Z", ...ended } },
});
const running: JsonObject = { state: { running: { startedAt: "2026-11-24T10:00:01Z" } } };

const CASES: readonly PodCase[] = [
  {
    title: "no such tag, told in the state",
    container: {
      status: waiting(
        "ImagePullBackOff",
        'Back-off pulling image "registry.example/web:1": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "registry.example/web:1": failed to resolve reference "registry.example/web:1": registry.example/web:1: not found',
      ),
    },
    code: "image-pull",
    message: /registry has no such image or tag/,
    hint: /push registry\.example\/web:1/,
  },
  {
    title: "a private image, told in the event only (kubelets before 1.31)",
    container: { status: waiting("ImagePullBackOff", 'Back-off pulling image "registry.example/web:1"') },
    events: [
      ["Failed", 'Failed to pull image "registry.example/web:1": failed to authorize: 401 Unauthorized'],
      ["Failed", "Error: ErrImagePull"],
    ],
    code: "image-pull",
    message: /does not let this cluster in/,
    hint: /imagePullSecrets/,
  },
  {
    title: "a registry that cannot be reached",
    container: {
      status: waiting(
        "ErrImagePull",
        'failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example: no such host',
      ),
    },
    code: "image-pull",
    message: /node cannot reach the registry/,
    hint: /DNS/,
  },
  {
    title: "a rate limit",
    container: {
      status: waiting("ErrImagePull", "429 Too Many Requests - toomanyrequests: You have reached your pull rate limit"),
    },
    code: "image-pull",
    message: /nobody pull that often/,
    hint: /mirror/,
  },
  {
    title: "the wrong processor",
    container: { status: waiting("ErrImagePull", "no match for platform in manifest: not found") },
    code: "image-pull",
    message: /not made for the node's processor/,
    hint: /platform/,
  },
  {
    title: "a name that is none",
    container: {
      spec: { image: "Web:1:2" },
      status: waiting("InvalidImageName", 'couldn\'t parse image name "Web:1:2"'),
    },
    code: "image-pull",
    message: /"Web:1:2".*is no name of an image/,
    hint: /lower case/,
  },
  {
    title: "a gateway that was not injected",
    container: {
      spec: { name: "app", image: "auto" },
      status: waiting("ErrImagePull", "pull access denied: docker.io/library/auto"),
    },
    code: "injection-missed",
    message: /webhook was not asked/,
    hint: /istio-injection=disabled/,
  },
  {
    title: "exit code 1",
    container: { status: crashed({ exitCode: 1, reason: "Error" }) },
    code: "crash-loop",
    message: /Container app ends with exit code 1 and is started again/,
    hint: /kubectl logs web-7d4-abcde --namespace shop --container app --previous/,
  },
  {
    title: "a command that is not in the image",
    container: { status: crashed({ exitCode: 127, reason: "Error" }) },
    code: "crash-loop",
    message: /its command was not found/,
    hint: /kubectl logs/,
  },
  {
    title: "between two crashes it runs, and is not well all the same",
    container: { status: { ...crashed({ exitCode: 1, reason: "Error" }), ...running } },
    code: "crash-loop",
    message: /exit code 1/,
    hint: /--previous/,
  },
  {
    title: "an entrypoint that does not exist",
    container: {
      status: waiting("RunContainerError", 'exec: "serve": executable file not found in $PATH: unknown'),
    },
    code: "crash-loop",
    message: /cannot be started: exec: "serve": executable file not found/,
    hint: /command, args/,
  },
  {
    title: "more memory than its limit",
    container: {
      spec: { resources: { limits: { memory: "64Mi" } } },
      status: crashed({ exitCode: 137, reason: "OOMKilled" }),
    },
    code: "oom-killed",
    message: /more memory than its limit of 64Mi/,
    hint: /resources\.limits\.memory/,
  },
  {
    title: "a node without memory",
    container: { status: crashed({ exitCode: 137, reason: "OOMKilled" }) },
    code: "oom-killed",
    message: /node ran out of memory/,
    hint: /resources\.requests\.memory/,
  },
  {
    title: "a Secret that is missing",
    container: { status: waiting("CreateContainerConfigError", 'secret "db-password" not found') },
    code: "config-missing",
    message: /secret "db-password" not found/,
    hint: /kubectl create secret generic db-password --namespace shop/,
  },
  {
    title: "a key that is missing",
    container: { status: waiting("CreateContainerConfigError", "couldn't find key password in Secret shop/db") },
    code: "config-missing",
    message: /couldn't find key password in Secret shop\/db/,
    hint: /kubectl describe secret db --namespace shop/,
  },
  {
    title: "a volume from a ConfigMap that is missing",
    container: { status: waiting("ContainerCreating") },
    events: [["FailedMount", 'MountVolume.SetUp failed for volume "config" : configmap "web-config" not found']],
    code: "config-missing",
    message: /volume config cannot be mounted: configmap "web-config" not found/,
    hint: /kubectl create configmap web-config/,
  },
  {
    title: "root where it must not be",
    container: {
      status: waiting(
        "CreateContainerConfigError",
        'container has runAsNonRoot and image will run as root (pod: "web-7d4-abcde_shop(1f)", container: app)',
      ),
    },
    code: "pod-security",
    message: /must not run as root/,
    hint: /runAsUser/,
  },
  {
    title: "a readiness probe",
    container: { spec: { readinessProbe: { httpGet: { path: "/ready", port: 8080 } } }, status: running },
    events: [
      [
        "Unhealthy",
        'Readiness probe failed: Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:8080: connect: connection refused',
      ],
    ],
    code: "probe-failing",
    message: /readiness probe \(GET \/ready on port 8080\): nothing listens there/,
    hint: /kubectl logs/,
  },
  {
    title: "a liveness probe that ends the container",
    container: {
      spec: { livenessProbe: { tcpSocket: { port: 5432 } } },
      status: crashed({ exitCode: 137, reason: "Error" }),
    },
    events: [
      ["Unhealthy", "Liveness probe failed: dial tcp 10.1.0.7:5432: i/o timeout"],
      ["Killing", "Container app failed liveness probe, will be restarted"],
    ],
    code: "probe-failing",
    message: /ended again and again: it does not pass its liveness probe \(TCP port 5432\): no answer in time/,
    hint: /startupProbe/,
  },
];

describe("pods", () => {
  test.each(CASES)("$code: $title", ({ container, events = [], spec = {}, code, message, hint }) => {
    const [owner, set] = deployment();
    const broken = pod(set, container, { spec });
    const told = events.map(([reason, text], index) =>
      event(broken, reason, text, { lastTimestamp: `2026-11-24T10:00:0${index}Z` }),
    );
    // Events are looked at later on even where nothing looks wrong.
    const { findings } = look(waitingFor(owner), [owner, set, broken, ...told]);
    const all = findings.length > 0 ? findings : lookWithEvents(owner, [owner, set, broken, ...told]);
    expect(all.map(({ rule }) => GIVE_UP[rule].code)).toEqual([code]);
    expect(all[0]).toMatchObject({ object: { kind: "Pod", namespace: "shop", name: "web-7d4-abcde" } });
    expect(all[0]?.message).toMatch(message);
    expect(all[0]?.hint).toMatch(hint);
    expect(all[0]?.evidence.length).toBeGreaterThan(0);
  });

  test("one cause in three pods is one finding about their owner", () => {
    const [owner, set] = deployment();
    const names = ["web-7d4-aaaaa", "web-7d4-bbbbb", "web-7d4-ccccc"];
    const pods = names.map((name) => pod(set, { status: waiting("ErrImagePull", "not found") }, { name }));
    const { findings } = look(waitingFor(owner), [owner, set, ...pods]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ object: { kind: "Deployment", name: "web" } });
    expect(findings[0]?.message).toContain("3 pods");
    expect(findings[0]?.evidence[0]).toBe(`pods: ${names.join(", ")}`);
  });

  test("a pod of an older revision says nothing of the newest", () => {
    const [owner, set] = deployment();
    const old = object(
      ["apps/v1", "ReplicaSet", "web-111"],
      { spec: { replicas: 1 } },
      {
        ownerReferences: [{ uid: owner.metadata.uid ?? "" }],
        annotations: { "deployment.kubernetes.io/revision": "1" },
      },
    );
    const dying = pod(old, { status: crashed({ exitCode: 1 }) }, { name: "web-111-zzzzz" });
    expect(look(waitingFor(owner), [owner, set, old, dying]).findings).toEqual([]);
  });

  test("containers that initialise come first: what follows them has not begun", () => {
    const [owner, set] = deployment();
    const broken = pod(
      set,
      { status: waiting("PodInitializing") },
      {
        spec: { initContainers: [{ name: "migrate", image: "registry.example/migrate:1" }] },
      },
    );
    const status = { initContainerStatuses: [{ name: "migrate", restartCount: 3, ...crashed({ exitCode: 2 }) }] };
    const { findings } = look(waitingFor(owner), [owner, set, { ...broken, status: { ...broken.status, ...status } }]);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Init container migrate ends with exit code 2/),
    ]);
    expect(findings[0]?.log).toMatchObject({ container: "migrate", previous: true });
  });
});

const NO_ROOM =
  "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";
const node = object(
  ["v1", "Node", "node-1"],
  { status: { allocatable: { cpu: "4", memory: "8Gi" } } },
  { namespace: undefined },
);

describe("pods without a node", () => {
  test.each([
    [
      NO_ROOM,
      { containers: [{ name: "app", resources: { requests: { cpu: "6500m" } } }] },
      /asks for 6500m of cpu, and the largest node has 4$|asks for 6500m of cpu, and the largest node has 4\./,
    ],
    [
      NO_ROOM,
      { containers: [{ name: "app", resources: { requests: { cpu: "3" } } }] },
      /no node \(the largest has 4\) has that much free/,
    ],
    ["0/1 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}. preemption: …", {}, /taint/],
    ["0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", {}, /no node has the labels/],
    ["0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.", {}, /too few nodes/],
    ["0/1 nodes are available: 1 Too many pods.", {}, /full of pods/],
    ["0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.", {}, /host port/],
    ["0/1 nodes are available: 1 node(s) were unschedulable.", {}, /closed for new pods/],
    ["no nodes available to schedule pods", {}, /the cluster has no nodes/],
  ] as const)("%s", (message, spec, says) => {
    const [owner, set] = deployment();
    const { findings } = look(waitingFor(owner), [owner, set, node, unscheduledPod(set, message, spec)]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ rule: "unschedulable", since: "2026-11-24T10:00:00Z" });
    expect(findings[0]?.message).toMatch(says);
  });

  test("nodes that may not be read are done without", () => {
    const [owner, set] = deployment();
    const spec = { containers: [{ name: "app", resources: { requests: { cpu: "9" } } }] };
    const nodes = { apiVersion: "v1", kind: "Node", namespace: null };
    const { findings } = look(waitingFor(owner), [owner, set, unscheduledPod(set, NO_ROOM, spec)], [nodes]);
    expect(findings[0]?.message).toMatch(/asks for 9 of cpu, and no node has that much free/);
  });

  test("an autoscaler that adds a node is waited for", () => {
    const [owner, set] = deployment();
    const small = unscheduledPod(set, NO_ROOM);
    const growing = event(small, "TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 5)}]", {
      type: "Normal",
    });
    const { findings } = look(waitingFor(owner), [owner, set, node, small, growing]);
    expect(findings.map(({ rule }) => rule)).toEqual(["node-coming"]);
    expect(GIVE_UP["node-coming"].graceMs).toBeNull();
  });
});

function lookWithEvents(owner: KubeObject, objects: readonly KubeObject[]): readonly Finding[] {
  // A claim that is not bound asks for the events of its namespace: so they are read.
  const claim = object(["v1", "PersistentVolumeClaim", "other"], { spec: {}, status: { phase: "Bound" } });
  return look(waitingFor(owner, claim), objects).findings;
}
